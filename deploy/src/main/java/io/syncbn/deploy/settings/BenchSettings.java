package io.syncbn.deploy.settings;

import io.syncbn.proto.job.Setting;
import java.util.List;

/** The settings of {@code syncbn bench}; not allowed in job files. */
public final class BenchSettings {
    private BenchSettings() {}

    public static final Setting WORKERS = new Setting("workers", "W", "4", "number of worker processes");
    public static final Setting FLOATS = new Setting(
            "floats", "N,N…", "33,258,4096,270000,2700000", "sizes of the vectors to sum, separated by commas");
    public static final Setting SUMS = new Setting(
            "rounds",
            "N",
            "10000",
            "how often a sum is measured, after four times as many that warm up, or more; beyond 40000 numbers less often");

    public static final Setting PYTHON = new Setting(
            "python", "FILE", "", "a Python that has PyTorch, to be compared with; without one: syncbn alone");
    public static final Setting PEER = new Setting(
            "peer",
            "FILE",
            "",
            "a Python program to be compared with instead of the one that comes along; it takes train, single and allreduce, as that"
                    + " one does");
    public static final Setting COMPARE_ROUNDS =
            new Setting("rounds", "N", "3", "how often everything is measured, in turn; the tables have the medians");
    public static final Setting GROWTH_ROUNDS =
            new Setting("rounds", "N", "1", "how often everything is measured, in turn; the tables have the medians");
    public static final Setting STEPS = new Setting(
            "steps",
            "N",
            "1000",
            "training steps of 8 examples; with more, fewer in proportion, down to 300; of these the first"
                    + " half, at most 500, do not count, while the JVMs compile. PyTorch, which has nothing to compile, does an eighth");
    public static final Setting COMPARE_SUMS = sums("10000");
    public static final Setting GROWTH_SUMS = sums("2000");
    public static final Setting CONFIGURATIONS = new Setting(
            "configurations", "WxB,…", "2x4,2x32,4x4,1x64", "workers and examples of each a step; none: no steps");
    public static final Setting MODELS = new Setting(
            "models",
            "NAME:SIZE,…",
            "none",
            "models that one process trains, as in resnet18:64 for pictures of 64 x 64; PyTorch's side has"
                    + " resnet18, resnet20, resnet34 and resnet50; none: no such models");
    public static final Setting MODEL_BATCH = new Setting("model-batch", "N", "8", "examples a step of these models");
    public static final Setting MODEL_THREADS =
            new Setting("model-threads", "N", "1", "threads that train these models, on either side");
    public static final Setting MODEL_STEPS = new Setting(
            "model-steps",
            "N",
            "200",
            "steps of these models, of which the first half does not count; PyTorch: an eighth");
    public static final Setting SUM_WORKERS =
            new Setting("sum-workers", "N,N…", "2,4", "numbers of workers that sum vectors; none: no sums");
    public static final Setting GROWTH_WORKERS = new Setting("workers", "N,N…", "1,2,4,8", "numbers of workers");
    public static final Setting BATCH =
            new Setting("batch", "N", "4", "examples of a worker in the table of a fixed batch");
    public static final Setting GLOBAL_BATCH =
            new Setting("global-batch", "N", "32", "examples of all workers in the table of a fixed global batch");
    public static final Setting JSON =
            new Setting("json", "FILE", "", "where every single figure goes; default: after the tables");

    /**
     * Set by a series for the measurements it starts: end when standard input closes, because the series is then gone.
     */
    public static final Setting MEASURED = new Setting("measured", "true", "false", "end when standard input closes");

    public static final List<Setting> STEP = List.of(RunSettings.JOB, WORKERS, RunSettings.THREADS, MEASURED);
    public static final List<Setting> ALLREDUCE =
            List.of(WORKERS, FLOATS, SUMS, RunSettings.COORDINATOR, RunSettings.NAME, RunSettings.LAUNCHED, MEASURED);
    public static final List<Setting> STAR = List.of(WORKERS, FLOATS, SUMS, RunSettings.LAUNCHED, MEASURED);
    public static final List<Setting> COMPARE = List.of(
            PYTHON,
            PEER,
            COMPARE_ROUNDS,
            CONFIGURATIONS,
            STEPS,
            MODELS,
            MODEL_BATCH,
            MODEL_THREADS,
            MODEL_STEPS,
            SUM_WORKERS,
            FLOATS,
            COMPARE_SUMS,
            JSON);
    public static final List<Setting> GROWTH =
            List.of(GROWTH_WORKERS, BATCH, GLOBAL_BATCH, STEPS, FLOATS, GROWTH_SUMS, GROWTH_ROUNDS, JSON);

    private static Setting sums(String times) {
        return new Setting(
                "sums",
                "N",
                times,
                "how often a sum is measured, after four times as many that warm up, or more; beyond 40000 numbers less"
                        + " often. PyTorch: a fifth, warm-up included");
    }
}
