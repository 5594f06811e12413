package io.syncbn.worker.collective;

import java.util.concurrent.CompletableFuture;

/** How the threads of a process wait for each other and for the network. Thread-safe. */
interface Waiting {

    /** Waits until that is complete, in whatever way. */
    void until(CompletableFuture<?> done) throws InterruptedException;

    /** Something was completed that a thread may wait for. */
    void wake();

    /** Handles what has come meanwhile, without waiting. */
    void look();

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
