package io.syncbn.worker.collective;

import io.syncbn.proto.net.DrivenLoop;
import java.util.concurrent.CompletableFuture;

/** How the threads of a process wait for each other and for the network. Thread-safe. */
interface Waiting {

    /** Waits until {@code done} is complete, successfully or not. */
    void until(CompletableFuture<?> done) throws InterruptedException;

    /** Wakes waiting threads, because something that they may wait for is complete. */
    void wake();

    /** Handles what has arrived, without waiting. */
    void look();

    /** For threads that wait for a loop, which its owner runs while it waits. */
    static Waiting driving(DrivenLoop loop) {
        return new Waiting() {
            @Override
            public void until(CompletableFuture<?> done) throws InterruptedException {
                loop.await(done);
            }

            @Override
            public void wake() {
                loop.wake();
            }

            @Override
            public void look() {
                loop.look();
            }
        };
    }

    /** For threads that wait for other threads only. */
    Waiting PLAIN = new Waiting() {
        @Override
        public void until(CompletableFuture<?> done) {
            done.handle((value, failure) -> null).join();
        }

        @Override
        public void wake() {}

        @Override
        public void look() {}
    };
}
