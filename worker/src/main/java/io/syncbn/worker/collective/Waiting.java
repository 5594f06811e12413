package io.syncbn.worker.collective;

import io.syncbn.proto.net.DrivenLoop;
import java.util.concurrent.CompletableFuture;

/** How the threads of a process wait for each other and for the network. Thread-safe. */
interface Waiting {

    /** Waits until that is complete, in whatever way. */
    void until(CompletableFuture<?> done) throws InterruptedException;

    /** Something was completed that a thread may wait for. */
    void wake();

    /** Handles what has come meanwhile, without waiting. */
    void look();

    /** Threads of which the loop's owner runs it while it waits. */
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

    /** Threads that wait for other threads only. */
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
