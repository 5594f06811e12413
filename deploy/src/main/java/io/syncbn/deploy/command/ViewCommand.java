package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.deploy.view.RunsPage;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code syncbn view}: the page of runs. */
final class ViewCommand implements Command {

    @Override
    public String name() {
        return "view";
    }

    @Override
    public String summary() {
        return "Serves a page that shows a run, finished or not: its curves, where the time of steps goes, how long each worker"
                + " waits in which layer, what happened to the membership. Several runs are laid over each other. Ctrl-C ends it.";
    }

    @Override
    public List<Setting> runSettings() {
        return RunSettings.VIEW;
    }

    @Override
    public List<Setting> words() {
        return List.of(RunSettings.RUNS);
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "view runs/first", "view runs/first --export first.html", "view runs/batch runs/group runs/layer");
    }

    @Override
    public int run(Settings settings) throws IOException, InterruptedException {
        Map<Path, Job> runs = new LinkedHashMap<>();
        for (String word : settings.needed(RunSettings.RUNS).lines().toList()) {
            addRun(word, runs, settings);
        }
        Optional<OutputFile> export = OutputFile.of(settings, RunSettings.EXPORT);
        int port = settings.integer(RunSettings.PAGE_PORT, 0, WorkerCommand.MOST_PORT);
        settings.check();
        if (export.isPresent()) {
            byte[] html = RunsPage.html(runs).getBytes(StandardCharsets.UTF_8);
            export.get().write(html);
            System.out.println("page " + export.get().path() + ", " + html.length / 1000 + " KB");
            return ExitCode.DONE;
        }
        try (RunsPage page = PageAddress.serve(port, at -> new RunsPage(at, runs))) {
            System.out.println("page at " + page.url() + " (Ctrl-C ends it)");
            Thread.currentThread().join(); // until the process is ended
        }
        return ExitCode.DONE;
    }

    private static void addRun(String word, Map<Path, Job> runs, Settings settings) {
        try {
            Path run = Path.of(word);
            Path job = run.resolve(SettingsReader.JOB_YAML);
            if (!Files.isRegularFile(job)) {
                settings.problem(word + " is no run directory: it has no " + SettingsReader.JOB_YAML);
                return;
            }
            Settings recorded =
                    SettingsReader.read(List.of(), Map.of(RunSettings.JOB.name(), job.toString()), List.of());
            recorded.job(1).ifPresent(found -> runs.put(run, found));
            recorded.check();
        } catch (InvalidPathException e) {
            settings.problem("'" + word + "' is no path");
        }
    }
}
