package io.syncbn.deploy.command;

import io.syncbn.deploy.launch.Ending;
import io.syncbn.deploy.launch.Heaps;
import io.syncbn.deploy.launch.JavaProgram;
import io.syncbn.deploy.launch.Progress;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.JobFile;
import io.syncbn.deploy.settings.Places;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.record.RunLock;
import io.syncbn.worker.train.Resume;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code syncbn train}: a whole job on this machine. */
final class TrainCommand implements Command {
    /** The run settings that a run's job.yaml keeps, for the children and for resuming. */
    private static final List<Setting> RECORDED = List.of(
            RunSettings.WORKERS,
            RunSettings.CHECKPOINT_EVERY,
            RunSettings.CHECKPOINT_SECONDS,
            RunSettings.KEEP,
            RunSettings.EVALUATE_EVERY,
            RunSettings.TENSORBOARD,
            RunSettings.TENSORBOARD_HISTOGRAMS,
            RunSettings.MLFLOW,
            RunSettings.MLFLOW_EXPERIMENT,
            RunSettings.JOIN_TIMEOUT,
            RunSettings.RECONNECT_TIMEOUT,
            RunSettings.RESTARTS,
            RunSettings.STRAGGLER,
            RunSettings.SILENCE,
            RunSettings.DEADLINE_SLACK,
            RunSettings.PREPARE_TIMEOUT,
            RunSettings.THREADS,
            RunSettings.STATE_LIMIT,
            RunSettings.COORDINATOR_HEAP,
            RunSettings.WORKER_HEAP,
            RunSettings.METRICS_HOST);

    private final String childMain;

    /** @param childMain name of the class that processes of ours are started with */
    TrainCommand(String childMain) {
        this.childMain = childMain;
    }

    @Override
    public String name() {
        return "train";
    }

    @Override
    public String summary() {
        return "Trains on this machine: a coordinator and W workers, each a process. Ctrl-C, SIGTERM or SIGHUP stops at the next"
                + " commit, with a checkpoint; a second one ends all processes at once.";
    }

    @Override
    public List<Setting> runSettings() {
        return RunSettings.TRAIN;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "train",
                "train --workers 2 --shards 8 --batch 4 --data mnist:mnist --model lenet --epochs 3",
                "train --job job.yaml --lr 0.1 --out runs/first",
                "train --resume runs/first",
                "train --workers 2:4 --steps 500 --chaos random:7",
                "train --quiet --output json > result.json");
    }

    @Override
    public int run(Settings settings) throws IOException, InterruptedException {
        JobRun jobRun = JobRun.of(settings);
        // The children read these; they are checked here so that all problems are reported at once.
        WorkerSettings worker = WorkerSettings.of(settings);
        Optional<Resume> resume = worker.resume();
        CoordinatorSettings.of(settings);
        Optional<Path> from = resume.map(Resume::from);
        Heaps heaps =
                new Heaps(settings.memory(RunSettings.COORDINATOR_HEAP), settings.memory(RunSettings.WORKER_HEAP));
        int pagePort = settings.integer(RunSettings.PAGE_PORT, 0, WorkerCommand.MOST_PORT);
        PageAddress.requireFree(settings, pagePort);
        int restarts = settings.integer(RunSettings.RESTARTS, 0, Integer.MAX_VALUE - 1);
        TrainOutput output = TrainOutput.of(settings);
        Optional<ChaosPlan> chaos = ChaosPlan.of(settings, jobRun.workers());
        Optional<RunDirectory> directory = jobRun.job().map(job -> directory(settings, from, job));
        boolean goesOn = directory.isPresent()
                && from.map(SettingsReader::runDirectoryOf)
                        .filter(directory.get()::isAt)
                        .isPresent();
        if (!goesOn) {
            worker.tracking()
                    .tensorBoard()
                    .ifPresent(place -> TensorBoardDirectory.requireNoEvents(settings, RunSettings.TENSORBOARD, place));
        }
        settings.check();
        // The workers open it too; opening it here reports its faults before anything else begins.
        OptionalLong goesOnAfter = from.map(
                        path -> OptionalLong.of(Checkpoint.open(path).info().step()))
                .orElse(OptionalLong.empty());

        Job job = jobRun.job().orElseThrow();
        boolean isNamed = resume.isPresent() || settings.path(RunSettings.OUT).isPresent();
        RunDirectory run = make(directory.orElseThrow(), isNamed);
        try (RunLock lock = lock(run)) {
            begin(
                    run,
                    !goesOn,
                    goesOnAfter.orElse(0),
                    JobFile.text(Places.absolute(settings.texts(job, RECORDED), job)));
            output.note("run directory " + run.path());
            Training training = new Training(
                    run, job, jobRun.workers(), resume, restarts, new JavaProgram(childMain, heaps, pagePort));
            return chaos.isPresent() ? chaos.get().run(training, output) : run(training, output);
        }
    }

    private static int run(Training training, TrainOutput output) throws IOException, InterruptedException {
        Ending ending;
        try (Progress progress = output.progress(training)) {
            ending = training.launch(progress);
        }
        int exitCode = training.exitCode(ending);
        if (exitCode == ExitCode.DONE) {
            output.result(training.run());
        }
        return exitCode;
    }

    private static RunDirectory directory(Settings settings, Optional<Path> resume, Job job) {
        Optional<Path> resumed = resume.map(SettingsReader::runDirectoryOf);
        resumed.ifPresent(path -> checkSameJob(settings, new RunDirectory(path), job));
        RunDirectory directory = settings.path(RunSettings.OUT)
                .or(() -> resumed)
                .map(RunDirectory::new)
                .orElseGet(() -> RunDirectory.named(job, LocalDateTime.now()));
        if (!directory.isFree() && !resumed.map(directory::isAt).orElse(false)) {
            settings.problem("run directory " + directory.path()
                    + " is not empty; take another --out, or go on with --resume " + directory.path());
        }
        return directory;
    }

    /** Checkpoints belong to one job. Checked before the run's job.yaml is written anew. */
    private static void checkSameJob(Settings settings, RunDirectory resumed, Job job) {
        if (!Files.exists(resumed.job())) {
            return;
        }
        Map<String, String> flags = Map.of(RunSettings.JOB.name(), resumed.job().toString());
        SettingsReader.read(List.of(), flags, List.of())
                .job(1)
                .filter(recorded -> !Fingerprint.of(recorded).equals(Fingerprint.of(job)))
                .ifPresent(recorded -> job.settings().forEach((name, here) -> {
                    String there = recorded.settings().get(name);
                    if (there != null && !here.equals(there)) {
                        settings.problem("--resume goes on with the same job, but --" + name + " was '" + there
                                + "' and is '" + here + "' now; to start a new job from its weights, use --init");
                    }
                }));
    }

    /** Makes the directory itself; runs that choose a name at the same time get one each. */
    private static RunDirectory make(RunDirectory wanted, boolean isNamed) {
        try {
            if (!isNamed) {
                return wanted.makeNew();
            }
            Files.createDirectories(wanted.path());
            return wanted;
        } catch (IOException e) {
            throw cannotMake(wanted, e);
        }
    }

    private static RunLock lock(RunDirectory run) {
        try {
            return RunLock.take(run.path(), RunLock.holder("syncbn train"));
        } catch (RunLock.HeldException e) {
            throw e.asRefusal(run.path());
        } catch (IOException e) {
            throw cannotMake(run, e);
        }
    }

    /** Checks the directory once more: another run may have taken it just before it was locked. */
    private static void begin(RunDirectory run, boolean isNew, long goesOnAfter, String jobYaml) {
        if (isNew && !run.isFree()) {
            throw new UsageException(List.of("run directory " + run.path() + " has just become another run's"));
        }
        try {
            if (isNew) {
                run.clear();
            }
            run.forgetResultAfter(goesOnAfter);
            run.create(jobYaml);
        } catch (IOException e) {
            throw cannotMake(run, e);
        }
    }

    /** A place that cannot be written to is a wrong setting. */
    private static UsageException cannotMake(RunDirectory run, IOException cause) {
        String reason = cause instanceof FileSystemException fault && fault.getReason() != null
                ? " (" + fault.getReason() + ")"
                : "";
        return new UsageException(List.of("run directory " + run.path() + " cannot be made" + reason
                + "; expected an --out below a directory that this user may write to"));
    }
}
