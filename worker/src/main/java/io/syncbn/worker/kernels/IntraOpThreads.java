package io.syncbn.worker.kernels;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Threads that share the parts of one operation of a shard: its own, and helpers. A helper that comes late finds nothing to do,
 * so that a machine with fewer cores, or busy ones, loses little.
 *
 * <p>For one thread, which waits until all parts are done; its creator closes it.
 */
final class IntraOpThreads implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final int count;
    private final ExecutorService helpers;

    /** @param count with the shard's own */
    IntraOpThreads(int count) {
        this.count = count;
        this.helpers = Executors.newFixedThreadPool(Math.max(1, count - 1), work -> {
            Thread thread = new Thread(work, "intra-op-thread-" + NUMBER.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
    }

    int count() {
        return count;
    }

    /**
     * Does parts 0 to {@code parts} − 1, each once, in any order and at the same time.
     *
     * @throws RuntimeException that a part threw, when the others are done
     */
    void forEach(int parts, IntConsumer part) {
        Parts work = new Parts(parts, part);
        for (int helper = 1; helper < Math.min(parts, count); helper++) {
            helpers.execute(work);
        }
        work.run();
        work.await();
    }

    private static final class Parts implements Runnable {
        private final int count;
        private final IntConsumer part;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch left;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Parts(int count, IntConsumer part) {
            this.count = count;
            this.part = part;
            this.left = new CountDownLatch(count);
        }

        @Override
        public void run() {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                try {
                    part.accept(i);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    left.countDown();
                }
            }
        }

        /** Does not end before the parts do, which write into the shard's arrays. */
        void await() {
            boolean interrupted = false;
            while (left.getCount() > 0) {
                try {
                    left.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure.get() instanceof Error error) {
                throw error;
            }
            if (failure.get() != null) {
                throw (RuntimeException) failure.get();
            }
        }
    }

    @Override
    public void close() {
        helpers.shutdownNow();
    }
}
