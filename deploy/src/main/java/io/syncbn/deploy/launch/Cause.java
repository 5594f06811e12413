package io.syncbn.deploy.launch;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds why a job failed from how its processes ended. When one process dies, the others learn of it and end too, with
 * exit code 1 and a reason that they were told; so a process that ended in any other way is nearer to the cause. Among
 * those that were told, the coordinator knows best, because it tells the others.
 */
final class Cause {
    /** Exit code of a process whose job failed, for whatever reason. */
    private static final int JOB_FAILED = 1;

    /** Exit code of a worker that alone cannot go on. */
    private static final int THIS_WORKER = 4;
    /** Exit code of a process that cannot use its settings, data or checkpoint. */
    private static final int BAD_INPUT = 2;

    /** Exit codes above this one are signals, by the convention of shells and of Java's Process. */
    private static final int SIGNAL_BASE = 128;

    /** Exit code of a process that was asked to end. */
    private static final int ASKED = SIGNAL_BASE + 2;

    private static final Map<Integer, String> SIGNALS =
            Map.of(1, "HUP", 3, "QUIT", 4, "ILL", 6, "ABRT", 7, "BUS", 8, "FPE", 9, "KILL", 11, "SEGV", 15, "TERM");

    private Cause() {}

    /**
     * How a process ended.
     *
     * @param order in which ends were seen
     */
    record End(String name, boolean isCoordinator, int exitCode, int order) {

        boolean isFailure() {
            return exitCode != 0 && !isAsked();
        }

        /** Whether somebody asked this process to end before the job was done. */
        boolean isAsked() {
            return exitCode == ASKED;
        }

        /** Whether the process failed because it was told that the job has. */
        boolean isTold() {
            return exitCode == JOB_FAILED;
        }

        boolean isBadInput() {
            return exitCode == BAD_INPUT;
        }

        /** The smaller, the nearer to the cause. */
        private int distance() {
            if (isTold()) {
                return isCoordinator ? 1 : 2;
            }
            return 0;
        }

        /** In words: {@code worker-2 was killed by signal 9 (KILL)}. */
        String inWords() {
            int signal = exitCode - SIGNAL_BASE;
            if (signal > 0) {
                return name + " was killed by signal " + signal
                        + Optional.ofNullable(SIGNALS.get(signal))
                                .map(text -> " (" + text + ")")
                                .orElse("");
            }
            return name + " ended with exit code " + exitCode;
        }

        boolean isKilled() {
            return exitCode > SIGNAL_BASE && !isAsked();
        }

        /** Whether the job is not at fault, so that the process may be started again. */
        boolean isOfProcessAlone() {
            return isKilled() || exitCode == THIS_WORKER && !isCoordinator;
        }
    }

    /** The end that is nearest to the cause; of several, the first. */
    static Optional<End> among(List<End> ends) {
        return ends.stream()
                .filter(End::isFailure)
                .min(Comparator.comparingInt(End::distance).thenComparingInt(End::order));
    }
}
