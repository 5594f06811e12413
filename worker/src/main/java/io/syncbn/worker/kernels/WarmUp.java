package io.syncbn.worker.kernels;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Runs code of the Vector API until HotSpot has compiled it. Before, the interpreter and the first compiler make an object and
 * call a lambda for every operation; the second compiler keeps vectors in registers. So code is compiled when it makes no
 * objects any more.
 */
final class WarmUp {
    /** For a JVM whose compiled code makes objects all the same; one round takes about a millisecond before it is compiled. */
    private static final int MOST_ROUNDS = 5000;

    private WarmUp() {}

    /**
     * Starts a thread for that.
     *
     * @param round calls all of the code, and makes no objects of its own
     * @param done is run at the end
     */
    static void start(String name, Runnable round, Runnable done) {
        Thread thread = new Thread(
                () -> {
                    runUntilCompiled(round);
                    done.run();
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void runUntilCompiled(Runnable round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < MOST_ROUNDS; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            round.run();
            if (threads.getCurrentThreadAllocatedBytes() == before) {
                return;
            }
        }
    }
}
