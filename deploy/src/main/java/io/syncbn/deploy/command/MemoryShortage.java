package io.syncbn.deploy.command;

import java.util.Optional;

/** Tells the user of a process that had too little memory what to change. */
final class MemoryShortage {
    private static final int MOST_CAUSES = 50;

    private MemoryShortage() {}

    /** A message, if a failure was caused by a lack of memory. */
    static Optional<String> message(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError) {
                return Optional.of("out of memory: " + advice(String.valueOf(cause.getMessage())));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    private static String advice(String what) {
        long heapMiB = Runtime.getRuntime().maxMemory() >> 20;
        if (what.contains("thread")) {
            return what + "; the limit on this user's processes (ulimit -u, a container's pids limit) or on memory is"
                    + " too low";
        }
        if (what.contains("irect")) {
            return what + "; allow more with SYNCBN_JAVA_OPTS=-XX:MaxDirectMemorySize=SIZE";
        }
        if (what.contains("heap") || what.contains("GC overhead") || what.contains("array size")) {
            return what + ", where this process may take " + heapMiB + " MiB; allow twice as much with"
                    + " --worker-heap " + 2 * heapMiB + "m (of a worker that you start yourself: SYNCBN_JAVA_OPTS=-Xmx"
                    + 2 * heapMiB + "m), or take a smaller --batch, or fewer shards a worker";
        }
        return what + "; the machine, or its container, has too little for this job's processes: take fewer --workers,"
                + " or a smaller --batch";
    }
}
