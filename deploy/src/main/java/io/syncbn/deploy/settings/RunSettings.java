package io.syncbn.deploy.settings;

import io.syncbn.proto.job.Setting;
import java.util.List;
import java.util.stream.Stream;

/** Every setting that says how a job is run and does not affect its result, except those of benchmarks. */
public final class RunSettings {
    private RunSettings() {}

    public static final Setting JOB =
            new Setting("job", "FILE", "", "YAML file with settings by name; a flag beats the file");
    public static final Setting WORKERS = new Setting(
            "workers",
            "W|MIN:MAX",
            "1",
            "number of worker processes, among which shards are shared out; with two, the job goes on while at least MIN"
                    + " are there, and takes up to MAX");
    public static final Setting OUT =
            new Setting("out", "DIR", "", "run directory, new or empty; default: runs/<data>-<model>-<time>");
    public static final Setting QUIET =
            new Setting("quiet", "true", "false", "print nothing but the result and errors: no progress, no events");
    public static final Setting OUTPUT = new Setting(
            "output",
            "text|json",
            "text",
            "how the result is printed: for people, or as one JSON object, which is all that comes to standard output");
    public static final Setting RESUME = new Setting(
            "resume", "DIR", "", "go on with the run in DIR, or from one of its checkpoints, under its job.yaml");
    public static final Setting ALLOW_OTHER_DATA = new Setting(
            "allow-other-data", "true", "false", "let --resume go on with other data than the checkpoint comes from");
    public static final Setting ALLOW_OTHER_ARITHMETIC = new Setting(
            "allow-other-arithmetic",
            "true",
            "false",
            "let --resume go on with other natives or another instruction set than the checkpoint comes from");
    public static final Setting CHECKPOINT_EVERY = new Setting(
            "checkpoint-every", "N", "0", "steps between checkpoints; 0: once an epoch. The last step always has one");
    public static final Setting CHECKPOINT_SECONDS = new Setting(
            "checkpoint-seconds",
            "SECONDS",
            "300",
            "most time between checkpoints, whatever the number of steps: so much work can be lost; 0: any time");
    public static final Setting KEEP =
            new Setting("keep", "N", "3", "newest checkpoints to keep, besides the one before training");
    public static final Setting EVALUATE_EVERY =
            new Setting("evaluate-every", "N", "0", "steps between evaluations on the test data; 0: once an epoch");
    public static final Setting JOIN_TIMEOUT =
            new Setting("join-timeout", "SECONDS", "120", "how long to wait for the coordinator, and for all workers");
    public static final Setting RECONNECT_TIMEOUT = new Setting(
            "reconnect-timeout",
            "SECONDS",
            "60",
            "how long a worker that has lost the coordinator tries to reach it again");
    public static final Setting STATE_LIMIT = new Setting(
            "state-limit",
            "SECONDS",
            "60",
            "how long 256 MB of a model's state may take on their way to workers that come late; for more, as many times as long");
    public static final Setting COORDINATOR_HEAP = new Setting(
            "coordinator-heap",
            "SIZE",
            "",
            "most memory of the coordinator's Java heap, as in 512m or 2g; default: 1g");
    public static final Setting WORKER_HEAP = new Setting(
            "worker-heap",
            "SIZE",
            "",
            "most memory of each worker's Java heap, as in 512m or 2g; default: half of the machine's, shared by the workers,"
                    + " but at least 1g");
    public static final Setting THREADS = new Setting(
            "threads",
            "N",
            "0",
            "threads that each worker computes with, shared by its shards, each of which has one at least; they change no bit."
                    + " 0: the machine's cores, which the workers of one train share");
    public static final Setting RESTARTS = new Setting(
            "restarts",
            "N",
            "10",
            "how often processes of the job that are killed by a signal, or fail of something that is their own, are started"
                    + " again, all together");
    public static final Setting SILENCE = new Setting(
            "silence", "SECONDS", "5", "how long nothing may come from a worker before it counts as lost, as 7.5");
    public static final Setting DEADLINE_SLACK = new Setting(
            "deadline-slack",
            "SECONDS",
            "1.8",
            "how long the others wait for a worker in a step, beside twice what recent steps took; more where the machines"
                    + " or the network pause");
    public static final Setting PREPARE_TIMEOUT = new Setting(
            "prepare-timeout",
            "SECONDS",
            "600",
            "how long a worker may take to get ready for its shards, or to keep its last checkpoint; the others go on"
                    + " without one that hangs");
    public static final Setting STRAGGLER = new Setting(
            "straggler",
            "wait|backup",
            "wait",
            "what to do about a worker that makes the others wait: wait for it, or let another compute its shards as well,"
                    + " and take what comes first");
    public static final Setting JOURNAL = new Setting(
            "journal",
            "FILE",
            "",
            "where the coordinator notes what happens to the job; started again with the same file, it takes up from there");
    public static final Setting CHAOS = new Setting(
            "chaos",
            "FILE|random:SEED[:N]",
            "",
            "make the faults happen that FILE lists, or N (20) drawn from a seed; killed processes are always started"
                    + " again. Afterwards the job is run undisturbed, and the weights are compared");
    public static final Setting CHAOS_REFERENCE = new Setting(
            "chaos-reference",
            "SHA256|none",
            "",
            "the undisturbed run's weights, if they are known, to compare with those; none: do not compare");
    public static final Setting TENSORBOARD = new Setting(
            "tensorboard", "DIR", "", "write TensorBoard's event files to DIR, a directory for this run alone");
    public static final Setting TENSORBOARD_HISTOGRAMS = new Setting(
            "tensorboard-histograms",
            "N",
            "0",
            "steps between histograms of normalization layers in them: scales, running statistics, gradients; 0: none");
    public static final Setting MLFLOW = new Setting(
            "mlflow",
            "URI",
            "",
            "tell MLflow's tracking server there of the run, as in http://localhost:5000; a job goes on without one that does"
                    + " not answer");
    public static final Setting MLFLOW_EXPERIMENT = new Setting(
            "mlflow-experiment",
            "NAME",
            "syncbn",
            "the run's experiment in MLflow, made if there is none of that name");
    public static final Setting HOST =
            new Setting("host", "ADDRESS", "0.0.0.0", "address on which the coordinator listens");
    public static final Setting PORT =
            new Setting("port", "N", "7800", "port on which the coordinator listens; 0: any free one, which it prints");
    public static final Setting COORDINATOR =
            new Setting("coordinator", "HOST:PORT", "", "where the coordinator listens; needed");
    public static final Setting NAME = new Setting(
            "name", "NAME", "", "how this worker is called; shards are dealt out in order of names; needed");
    public static final Setting METRICS_HOST = new Setting(
            "metrics-host",
            "ADDRESS",
            "127.0.0.1",
            "address on which the Prometheus metrics are served; 0.0.0.0: all, for a Prometheus on another machine");
    public static final Setting METRICS_PORT = new Setting(
            "metrics-port", "N", "0", "port of the Prometheus metrics; 0: any free one, which the log names");
    public static final Setting PAGE_PORT = new Setting(
            "page-port",
            "N",
            "0",
            "port of the page that shows the job, which only this machine reaches; 0: any free one, which is printed");
    public static final Setting RUNS =
            new Setting("runs", "RUN…", "", "directories of runs; they may stand without the flag's name; needed");
    public static final Setting EXPORT = new Setting(
            "export", "FILE", "", "write the page as one file, which needs nothing else, instead of serving it");
    public static final Setting CHECKPOINT = new Setting(
            "checkpoint",
            "DIR",
            "",
            "checkpoint to evaluate, or a run directory for its last one; its run's job.yaml is read too; needed");

    /**
     * Set by the launcher for its children: end when standard input closes, because the launcher is then gone. A worker
     * reads the coordinator's address from the first line; a coordinator that reads a line stops the job. Ctrl-C is
     * left to the launcher.
     */
    public static final Setting LAUNCHED = new Setting("launched", "true", "false", "end when standard input closes");

    public static final List<Setting> TRAIN = List.of(
            JOB,
            WORKERS,
            OUT,
            QUIET,
            OUTPUT,
            RESUME,
            ALLOW_OTHER_DATA,
            ALLOW_OTHER_ARITHMETIC,
            CHECKPOINT_EVERY,
            CHECKPOINT_SECONDS,
            KEEP,
            EVALUATE_EVERY,
            TENSORBOARD,
            TENSORBOARD_HISTOGRAMS,
            MLFLOW,
            MLFLOW_EXPERIMENT,
            JOIN_TIMEOUT,
            RECONNECT_TIMEOUT,
            RESTARTS,
            STRAGGLER,
            SILENCE,
            DEADLINE_SLACK,
            PREPARE_TIMEOUT,
            METRICS_HOST,
            STATE_LIMIT,
            COORDINATOR_HEAP,
            WORKER_HEAP,
            THREADS,
            PAGE_PORT,
            CHAOS,
            CHAOS_REFERENCE);

    public static final List<Setting> COORDINATOR_PART = List.of(
            JOB,
            WORKERS,
            HOST,
            PORT,
            JOURNAL,
            JOIN_TIMEOUT,
            STRAGGLER,
            SILENCE,
            DEADLINE_SLACK,
            PREPARE_TIMEOUT,
            STATE_LIMIT,
            METRICS_HOST,
            METRICS_PORT,
            PAGE_PORT,
            LAUNCHED);

    public static final List<Setting> WORKER_PART = List.of(
            JOB,
            COORDINATOR,
            NAME,
            WORKERS,
            OUT,
            RESUME,
            ALLOW_OTHER_DATA,
            ALLOW_OTHER_ARITHMETIC,
            CHECKPOINT_EVERY,
            CHECKPOINT_SECONDS,
            KEEP,
            EVALUATE_EVERY,
            TENSORBOARD,
            TENSORBOARD_HISTOGRAMS,
            MLFLOW,
            MLFLOW_EXPERIMENT,
            JOIN_TIMEOUT,
            RECONNECT_TIMEOUT,
            METRICS_HOST,
            PREPARE_TIMEOUT,
            METRICS_PORT,
            THREADS,
            LAUNCHED);

    /** Who is told of a run, beside its directory. */
    public static final List<Setting> TRACKING =
            List.of(TENSORBOARD, TENSORBOARD_HISTOGRAMS, MLFLOW, MLFLOW_EXPERIMENT);

    public static final List<Setting> EVALUATE = List.of(CHECKPOINT, JOB, THREADS);

    public static final List<Setting> VIEW = List.of(RUNS, EXPORT, PAGE_PORT);

    public static final List<Setting> ALL = Stream.of(TRAIN, COORDINATOR_PART, WORKER_PART, EVALUATE)
            .flatMap(List::stream)
            .distinct()
            .toList();

    /**
     * What a job file may set: all that a user may set, of all commands, so that all parts of a cluster can share one
     * file; except which file it is.
     */
    public static final List<Setting> IN_FILES = ALL.stream()
            .filter(setting -> setting != JOB && setting != LAUNCHED)
            .toList();
}
