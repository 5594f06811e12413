package io.syncbn.deploy.command;

import io.syncbn.deploy.launch.JavaChildren;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.view.RunsPage;
import io.syncbn.proto.job.Setting;
import io.syncbn.proto.net.Address;
import io.syncbn.worker.WorkerConfig;
import io.syncbn.worker.WorkerConfig.Coordination;
import io.syncbn.worker.WorkerConfig.Host;
import io.syncbn.worker.WorkerProcess;
import io.syncbn.worker.record.RunTarget;
import io.syncbn.worker.session.WorkerEnd;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** {@code syncbn worker}: one model replica of a job on a cluster. */
final class WorkerCommand implements Command {
    static final int MOST_PORT = 65_535;

    /** Just below the 10 s that people, and systems that drain machines, are told. */
    private static final Duration MOST_TO_LEAVE = Duration.ofMillis(9500);

    @Override
    public String name() {
        return "worker";
    }

    @Override
    public String summary() {
        return "Runs one worker of a job, and ends with it. All parts need the same job."
                + " Ctrl-C, SIGTERM or SIGHUP makes it leave the job at the next commit; a second one ends it at once.";
    }

    @Override
    public List<Setting> runSettings() {
        return RunSettings.WORKER_PART;
    }

    @Override
    public List<String> examples() {
        return List.of("worker --job job.yaml --workers 4 --coordinator node-0:7800 --name worker-3 --out /shared/run");
    }

    @Override
    public int run(Settings settings) throws Exception {
        JobRun jobRun = JobRun.of(settings);
        boolean isLaunched = settings.flag(RunSettings.LAUNCHED);
        Optional<Address> given = isLaunched ? Optional.empty() : settings.address(RunSettings.COORDINATOR);
        String name = settings.needed(RunSettings.NAME);
        Optional<Path> out = settings.path(RunSettings.OUT);
        if (out.isEmpty()) {
            settings.problem("--out DIR is missing: whichever worker gets shard 0 writes the run there");
        }
        WorkerSettings worker = WorkerSettings.of(settings);
        Address metrics = metrics(settings);
        settings.check();
        int threads = WorkerSettings.threads(
                worker.threads(), isLaunched ? jobRun.workers().most() : 1);

        Supplier<Address> coordinator = isLaunched ? ParentWatch.start()::coordinator : given::orElseThrow;
        CompletableFuture<String> leave = new CompletableFuture<>();
        Runnable go = () -> {
            leave.complete("it was asked to");
            Interruption.endProcessAfter(
                    MOST_TO_LEAVE, name + " could not leave in order within " + MOST_TO_LEAVE.toMillis() + " ms");
        };
        try (Interruption interruption = watch(go, isLaunched)) {
            WorkerEnd end = WorkerProcess.run(new WorkerConfig(
                    jobRun.job().orElseThrow(),
                    new Coordination(coordinator, worker.timeouts()),
                    new RunTarget(
                            out.orElseThrow(),
                            worker.keep(),
                            name,
                            isLaunched,
                            worker.tracking(),
                            (run, job) -> RunsPage.html(Map.of(run, job))),
                    worker.resume(),
                    worker.intervals(),
                    new Host(
                            startNanos(),
                            Optional.of(metrics),
                            threads,
                            Version.text(),
                            WorkerCommand::endAlone,
                            leave)));
            return exitCode(end, name);
        }
    }

    private static Interruption watch(Runnable leave, boolean isLaunched) {
        return isLaunched
                ? Interruption.watchLaunched(leave, Interruption::endProcess)
                : Interruption.watch(leave, Interruption::endProcess);
    }

    private static int exitCode(WorkerEnd end, String name) {
        switch (end) {
            case STOPPED:
                System.err.println("syncbn: the job was stopped");
                return ExitCode.INTERRUPTED;
            case LEFT:
                System.err.println("syncbn: " + name + " has left the job");
                return ExitCode.DONE;
            default:
                return ExitCode.DONE;
        }
    }

    /** When the command began: the launcher's, or this process. */
    private static long startNanos() {
        Long launched = Long.getLong(JavaChildren.STARTED);
        long startMillis = launched != null
                ? launched
                : ManagementFactory.getRuntimeMXBean().getStartTime();
        return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - startMillis);
    }

    /** Ends this process although its main thread hangs. */
    private static void endAlone(String reason) {
        LogOutput.lastWords("syncbn: " + reason);
        Runtime.getRuntime().halt(ExitCode.THIS_WORKER);
    }

    static Address metrics(Settings settings) {
        return new Address(
                settings.needed(RunSettings.METRICS_HOST), settings.integer(RunSettings.METRICS_PORT, 0, MOST_PORT));
    }
}
