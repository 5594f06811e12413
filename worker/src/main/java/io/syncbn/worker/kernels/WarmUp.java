package io.syncbn.worker.kernels;

import com.sun.management.ThreadMXBean;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Runs code of the Vector API until HotSpot has compiled it, in a thread of its own. Before, the interpreter and the first
 * compiler make an object and call a lambda for every operation; the second compiler keeps vectors in registers. So code is
 * compiled when it makes no objects any more.
 */
final class WarmUp {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    /** For a JVM that does not compile, or whose compiled code makes objects all the same: a minute or two. */
    private static final int MOST_ROUNDS = 1_000_000;

    private final LongSupplier allocatedBytes;

    /** @param allocatedBytes how much the thread that asks has allocated */
    WarmUp(LongSupplier allocatedBytes) {
        this.allocatedBytes = allocatedBytes;
    }

    /** By what HotSpot counts. */
    static WarmUp ofThisJvm() {
        return new WarmUp(((ThreadMXBean) ManagementFactory.getThreadMXBean())::getCurrentThreadAllocatedBytes);
    }

    /**
     * Starts a thread for that.
     *
     * @param round calls all of the code, and makes no objects of its own; its loops are short, because HotSpot compiles a long
     *     one where it stands, with vectors that are objects already
     * @param compiled is run at the end, if it comes
     */
    void start(String name, Runnable round, Runnable compiled) {
        Thread thread = new Thread(
                () -> {
                    if (isCompiled(round)) {
                        compiled.run();
                    } else {
                        LOG.log(
                                Level.WARNING,
                                "this Java does not compile vector code (" + name
                                        + "): plain loops go on, which take several times as long");
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private boolean isCompiled(Runnable round) {
        for (int i = 0; i < MOST_ROUNDS; i++) {
            long before = allocatedBytes.getAsLong();
            round.run();
            if (allocatedBytes.getAsLong() == before) {
                return true;
            }
            Thread.yield(); // to those that train meanwhile, and to the compiler
        }
        return false;
    }
}
