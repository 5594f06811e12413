package io.syncbn.deploy.command;

import io.syncbn.coordinator.CoordinatorConfig;
import io.syncbn.coordinator.CoordinatorProcess;
import io.syncbn.coordinator.Outcome;
import io.syncbn.coordinator.service.Spectator;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.deploy.view.LivePage;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import io.syncbn.proto.net.Address;
import io.syncbn.worker.collective.JobFailedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code syncbn coordinator}: the one coordinator of a job on a cluster. */
final class CoordinatorCommand implements Command {
    private static final Logger LOG = System.getLogger("io.syncbn.view");

    /** Begins the line that a launcher looks for. */
    private static final String PAGE = "page at ";

    @Override
    public String name() {
        return "coordinator";
    }

    @Override
    public String summary() {
        return "Runs the coordinator of one job, and ends with it. All parts need the same job."
                + " Ctrl-C, SIGTERM or SIGHUP stops the job at its next commit; a second one ends the coordinator at once.";
    }

    @Override
    public List<Setting> runSettings() {
        return RunSettings.COORDINATOR_PART;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "coordinator --job job.yaml --workers 4 --port 7800",
                "coordinator --job job.yaml --workers 12:16 --port 7800 --journal /shared/run/events.jsonl");
    }

    @Override
    public int run(Settings settings) throws InterruptedException {
        JobRun jobRun = JobRun.of(settings);
        String host = settings.needed(RunSettings.HOST);
        int port = settings.integer(RunSettings.PORT, 0, WorkerCommand.MOST_PORT);
        Address metrics = WorkerCommand.metrics(settings);
        Optional<Path> journal = settings.path(RunSettings.JOURNAL);
        CoordinatorSettings coordinating = CoordinatorSettings.of(settings);
        int pagePort = settings.integer(RunSettings.PAGE_PORT, 0, WorkerCommand.MOST_PORT);
        boolean isLaunched = settings.flag(RunSettings.LAUNCHED);
        settings.check();

        Job job = jobRun.job().orElseThrow();
        Optional<LivePage> page = page(pagePort, isLaunched, job, journal);
        CoordinatorProcess coordinator = start(new CoordinatorConfig(
                new Address(host, port),
                coordinating.rules(job, jobRun.workers()),
                job.groupSize(),
                Optional.of(metrics),
                journal,
                page.<Spectator>map(seen -> seen).orElse(Spectator.NONE)));
        try (Interruption interruption = watch(coordinator, isLaunched)) {
            page.ifPresent(seen -> System.out.println(PAGE + seen.url()));
            System.out.println("listening on " + (isLaunched ? coordinator.nearAddress() : coordinator.address()));
            coordinator.metricsUrl().ifPresent(url -> System.out.println("metrics at " + url));
            return exitCode(coordinator.awaitEnd());
        } finally {
            page.ifPresent(LivePage::close);
        }
    }

    /** A launcher's coordinator goes on without a page: the port that its predecessor had may be another's by now. */
    private static Optional<LivePage> page(int port, boolean isLaunched, Job job, Optional<Path> journal) {
        Optional<Path> directory = journal.map(Path::toAbsolutePath)
                .filter(file -> new RunDirectory(file.getParent()).events().equals(file))
                .map(Path::getParent);
        try {
            return Optional.of(PageAddress.serve(port, at -> new LivePage(at, job, directory)));
        } catch (UsageException e) {
            if (isLaunched) {
                LOG.log(Level.WARNING, "there is no page: {0}", e.getMessage());
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Interruption watch(CoordinatorProcess coordinator, boolean isLaunched) {
        Runnable stop = () -> coordinator.requestStop("the user asked for it");
        if (!isLaunched) {
            return Interruption.watch(stop, Interruption::endProcess);
        }
        ParentWatch.start().onLine(stop);
        return Interruption.watchLaunched(stop, Interruption::endProcess);
    }

    private static int exitCode(Outcome outcome) {
        if (outcome instanceof Outcome.Failure failure) {
            throw new JobFailedException(failure.reason());
        }
        if (outcome instanceof Outcome.Stopped stopped) {
            System.err.println("syncbn: the job was stopped after step " + stopped.step());
            return ExitCode.INTERRUPTED;
        }
        return ExitCode.DONE;
    }

    /** A port that is not free is a wrong setting, like one that is no number. */
    private static CoordinatorProcess start(CoordinatorConfig config) {
        try {
            return CoordinatorProcess.start(config);
        } catch (IOException e) {
            throw new UsageException(List.of(e.getMessage()));
        }
    }
}
