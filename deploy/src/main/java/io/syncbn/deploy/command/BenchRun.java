package io.syncbn.deploy.command;

import io.syncbn.deploy.launch.ChildCommands;
import io.syncbn.deploy.launch.Ending;
import io.syncbn.deploy.launch.LaunchTimeouts;
import io.syncbn.deploy.launch.Launcher;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.JobFile;
import io.syncbn.deploy.settings.Range;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.collective.JobFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** Runs a benchmark's processes in a temporary directory, which is left to the operating system to delete. */
final class BenchRun {
    private static final String NEVER = Long.toString(Long.MAX_VALUE);

    private BenchRun() {}

    /** What to print of a run that ended well. */
    interface Report {
        List<String> lines() throws IOException;
    }

    /** @param kept settings of the command that its processes read */
    static RunDirectory directory(Settings settings, Job job, List<Setting> kept) throws IOException {
        RunDirectory run = new RunDirectory(Files.createTempDirectory("syncbn-bench-"));
        Map<String, String> texts = settings.texts(job, kept);
        // Evaluates and keeps a checkpoint only at the end of the job.
        texts.put(RunSettings.EVALUATE_EVERY.name(), NEVER);
        texts.put(RunSettings.CHECKPOINT_EVERY.name(), NEVER);
        texts.put(RunSettings.CHECKPOINT_SECONDS.name(), "0");
        run.create(JobFile.text(texts));
        return run;
    }

    /**
     * Runs coordinator and workers to their end and prints the report, which is all that goes to standard output.
     *
     * @param onTick is called several times a second
     */
    static int print(RunDirectory run, ChildCommands children, int workers, Runnable onTick, Report report)
            throws IOException, InterruptedException {
        Launcher launcher = new Launcher(
                run,
                children,
                new Range(workers, workers),
                0,
                LaunchTimeouts.DEFAULT,
                crew -> onTick.run(),
                Training::nowMillis);
        try (Interruption interruption = Interruption.watch(launcher::interrupt, launcher::interrupt)) {
            Ending ending = launcher.run();
            if (ending instanceof Ending.Failed failed) {
                throw new JobFailedException(failed.message());
            }
            if (ending instanceof Ending.Interrupted) {
                return ExitCode.INTERRUPTED;
            }
            report.lines().forEach(System.out::println);
            return ExitCode.DONE;
        }
    }
}
