package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.Tracking;
import io.syncbn.worker.session.SessionTimeouts;
import io.syncbn.worker.train.Resume;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a worker runs, from flags and job file.
 *
 * @param keep how many checkpoints stay
 * @param threads that it computes with; 0: the machine's cores
 */
record WorkerSettings(
        SessionTimeouts timeouts,
        Intervals intervals,
        int keep,
        Optional<Resume> resume,
        Tracking tracking,
        int threads) {
    private static final int DAY_SECONDS = 86_400;
    static final Duration DAY = Duration.ofDays(1);

    /** More than a machine has cores. */
    static final int MOST_THREADS = 4096;

    static WorkerSettings of(Settings settings) {
        return new WorkerSettings(
                new SessionTimeouts(
                        joinTimeout(settings),
                        settings.seconds(RunSettings.RECONNECT_TIMEOUT, 0, DAY_SECONDS),
                        prepareTimeout(settings)),
                new Intervals(
                        settings.number(RunSettings.CHECKPOINT_EVERY, 0, Long.MAX_VALUE),
                        settings.seconds(RunSettings.CHECKPOINT_SECONDS, 0, Integer.MAX_VALUE),
                        settings.number(RunSettings.EVALUATE_EVERY, 0, Long.MAX_VALUE)),
                settings.integer(RunSettings.KEEP, 1, Integer.MAX_VALUE),
                resume(settings),
                tracking(settings),
                threads(settings));
    }

    private static Optional<Resume> resume(Settings settings) {
        boolean otherData = settings.flag(RunSettings.ALLOW_OTHER_DATA);
        boolean otherArithmetic = settings.flag(RunSettings.ALLOW_OTHER_ARITHMETIC);
        return settings.path(RunSettings.RESUME).map(from -> new Resume(from, otherData, otherArithmetic));
    }

    private static Tracking tracking(Settings settings) {
        Optional<Path> tensorBoard = settings.path(RunSettings.TENSORBOARD);
        long histogramsEvery = settings.number(RunSettings.TENSORBOARD_HISTOGRAMS, 0, Long.MAX_VALUE);
        if (histogramsEvery > 0 && tensorBoard.isEmpty()) {
            settings.problem("--tensorboard-histograms is " + histogramsEvery
                    + " but there is no --tensorboard; expected both, or 0");
        }
        return new Tracking(
                tensorBoard,
                histogramsEvery,
                settings.webAddress(RunSettings.MLFLOW),
                settings.needed(RunSettings.MLFLOW_EXPERIMENT));
    }

    /** How many threads a process computes with; 0: the machine's cores. */
    static int threads(Settings settings) {
        return settings.integer(RunSettings.THREADS, 0, MOST_THREADS);
    }

    /** The same in numbers, where some processes share the machine. */
    static int threads(int given, int processes) {
        return given > 0 ? given : Math.max(1, Runtime.getRuntime().availableProcessors() / processes);
    }

    /** The wait for the coordinator, and for all workers. */
    static Duration joinTimeout(Settings settings) {
        return settings.seconds(RunSettings.JOIN_TIMEOUT, 1, DAY_SECONDS);
    }

    /** Measured by the worker itself, and by the coordinator. */
    static Duration prepareTimeout(Settings settings) {
        return settings.fractionalSeconds(RunSettings.PREPARE_TIMEOUT, Duration.ofSeconds(1), DAY);
    }
}
