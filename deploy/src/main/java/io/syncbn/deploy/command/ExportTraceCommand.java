package io.syncbn.deploy.command;

import io.syncbn.deploy.export.TraceFile;
import io.syncbn.deploy.launch.JsonLine;
import io.syncbn.deploy.launch.JsonLines;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.ExportSettings;
import io.syncbn.deploy.settings.Range;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.job.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** {@code syncbn export trace}: steps of a run for Perfetto and Chrome. */
final class ExportTraceCommand implements Command {

    @Override
    public String name() {
        return "export trace";
    }

    @Override
    public String summary() {
        return "Writes steps of a run as a trace, which ui.perfetto.dev and chrome://tracing open: workers are processes, parts of"
                + " steps and waits by layer are slices. A run keeps a step of each worker every few seconds, a long one fewer.";
    }

    @Override
    public List<Setting> runSettings() {
        return ExportSettings.TRACE;
    }

    @Override
    public List<Setting> words() {
        return List.of(ExportSettings.RUN);
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "export trace runs/first --out trace.json", "export trace runs/first --steps 100:200 --out trace.json");
    }

    @Override
    public int run(Settings settings) {
        settings.needed(ExportSettings.RUN);
        settings.needed(ExportSettings.TRACE_OUT);
        Optional<RunDirectory> run = settings.path(ExportSettings.RUN).map(RunDirectory::new);
        Optional<OutputFile> out = OutputFile.of(settings, ExportSettings.TRACE_OUT);
        Range steps = settings.range(ExportSettings.STEPS, Integer.MAX_VALUE);
        run.filter(given -> !Files.isRegularFile(given.workers()))
                .ifPresent(given ->
                        settings.problem(given.path() + " has no workers.jsonl: it is no run directory, or the run"
                                + " never got to its first step"));
        settings.check();

        TraceFile trace = TraceFile.of(lines(run.orElseThrow().workers()), steps.least(), steps.most());
        if (trace.steps().isEmpty()) {
            TreeSet<Long> all = TraceFile.of(lines(run.orElseThrow().workers()), 1, Long.MAX_VALUE)
                    .steps();
            throw new UsageException(List.of("--steps is " + steps.least() + ":" + steps.most()
                    + ", of which no worker reported more than sums"
                    + (all.isEmpty() ? "" : "; the nearest of which one did is " + nearest(all, steps.least()))));
        }
        out.orElseThrow().write(trace.text().getBytes(StandardCharsets.UTF_8));
        System.out.println(out.orElseThrow().path() + "  " + trace.steps().size() + " steps, "
                + trace.steps().first() + " to " + trace.steps().last());
        return ExitCode.DONE;
    }

    private static long nearest(TreeSet<Long> all, long step) {
        Long before = all.floor(step);
        Long after = all.ceiling(step);
        return before == null || after != null && after - step < step - before ? after : before;
    }

    private static List<JsonLine> lines(Path file) {
        List<JsonLine> all = new ArrayList<>();
        JsonLines.ofAll(file).readAll(all::add);
        return all;
    }
}
