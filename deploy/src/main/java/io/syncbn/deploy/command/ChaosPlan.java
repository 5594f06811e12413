package io.syncbn.deploy.command;

import io.syncbn.deploy.chaos.Chaos;
import io.syncbn.deploy.chaos.Fault;
import io.syncbn.deploy.chaos.FaultList;
import io.syncbn.deploy.chaos.RandomFaults;
import io.syncbn.deploy.chaos.Report;
import io.syncbn.deploy.launch.Ending;
import io.syncbn.deploy.launch.LaunchTimeouts;
import io.syncbn.deploy.launch.Progress;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.launch.Summary;
import io.syncbn.deploy.settings.JobFile;
import io.syncbn.deploy.settings.Range;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.worker.checkpoint.AtomicFile;
import io.syncbn.worker.collective.JobFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What {@code --chaos} asks for.
 *
 * @param reference SHA-256 (hex) of the undisturbed run's weights; empty: that run is still to be done
 * @param isCompared whether the weights are to be compared at all
 */
record ChaosPlan(List<Fault> faults, Optional<String> reference, boolean isCompared) {
    private static final Pattern RANDOM = Pattern.compile("random:(-?\\d{1,18})(?::(\\d{1,5}))?");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final String NO_REFERENCE = "none";
    private static final int DEFAULT_COUNT = 20;

    /** Processes killed on purpose must not exhaust the job's restarts. */
    private static final int WITHOUT_LIMIT = Integer.MAX_VALUE;

    /** The launcher's tick is the resolution of times in the report. */
    private static final LaunchTimeouts TIMEOUTS = LaunchTimeouts.DEFAULT.withTick(Duration.ofMillis(20));

    /** Empty without {@code --chaos}, or where something is wrong with it. */
    static Optional<ChaosPlan> of(Settings settings, Range workers) {
        Optional<String> chaos = settings.text(RunSettings.CHAOS);
        Optional<String> reference = settings.text(RunSettings.CHAOS_REFERENCE);
        if (reference.isPresent() && chaos.isEmpty()) {
            settings.problem("--chaos-reference is for runs with --chaos");
        }
        reference
                .filter(text ->
                        !text.equals(NO_REFERENCE) && !SHA_256.matcher(text).matches())
                .ifPresent(text -> settings.problem(
                        "--chaos-reference is '" + text + "'; expected 64 hexadecimal digits, or none"));
        if (chaos.isPresent()
                && reference.isEmpty()
                && settings.text(RunSettings.RESUME).isPresent()) {
            settings.problem("--chaos with --resume needs --chaos-reference: a run cannot be gone on with twice");
        }
        return chaos.map(text -> new ChaosPlan(
                faults(settings, text, workers),
                reference.filter(given -> !given.equals(NO_REFERENCE)),
                !reference.equals(Optional.of(NO_REFERENCE))));
    }

    private static List<Fault> faults(Settings settings, String text, Range workers) {
        Matcher random = RANDOM.matcher(text);
        if (random.matches()) {
            int count = random.group(2) == null ? DEFAULT_COUNT : Integer.parseInt(random.group(2));
            return RandomFaults.draw(Long.parseLong(random.group(1)), count, workers.most());
        }
        List<String> problems = new ArrayList<>();
        List<Fault> faults = FaultList.read(Path.of(text), problems);
        problems.forEach(settings::problem);
        return faults;
    }

    /** Runs a training with all its faults, and compares its weights with those of the undisturbed run. */
    int run(Training training, TrainOutput output) throws IOException, InterruptedException {
        RunDirectory run = training.run();
        String list = faults.stream().map(fault -> fault + "\n").collect(Collectors.joining());
        Files.writeString(run.path().resolve("chaos.txt"), list);
        output.note("chaos: " + faults.size() + " faults\n" + list.indent(2).stripTrailing());

        Ending ending;
        Report report;
        Training disturbed = new Training(
                run, training.job(), training.workers(), training.resume(), WITHOUT_LIMIT, training.program());
        try (Progress progress = output.progress(disturbed);
                Chaos chaos =
                        new Chaos(faults, run, progress, soFar -> keep(run, soFar, output), Training::nowMillis)) {
            ending = disturbed.launch(chaos, TIMEOUTS);
            report = chaos.report();
        }
        write(run, report.json(Optional.empty(), Optional.empty()));
        report.lines().forEach(output::tell);
        int exitCode = disturbed.exitCode(ending);
        if (exitCode != ExitCode.DONE) {
            return exitCode;
        }
        output.result(run);
        return isCompared ? compare(training, report, output) : exitCode;
    }

    private int compare(Training training, Report report, TrainOutput output) throws IOException, InterruptedException {
        RunDirectory run = training.run();
        Optional<String> expected = reference;
        if (expected.isEmpty()) {
            RunDirectory undisturbed = new RunDirectory(run.path().resolve("undisturbed"));
            undisturbed.create(untracked(run.job()));
            output.note("the same job undisturbed, run directory " + undisturbed.path());
            Training again = new Training(
                    undisturbed,
                    training.job(),
                    training.workers(),
                    Optional.empty(),
                    training.restarts(),
                    training.program());
            Ending ending;
            try (Progress progress = output.progress(again)) {
                ending = again.launch(progress);
            }
            int exitCode = again.exitCode(ending);
            if (exitCode != ExitCode.DONE) {
                return exitCode;
            }
            Summary.of(undisturbed).forEach(output::tell);
            expected = undisturbed.weightsSha256();
        }
        Optional<String> weights = run.weightsSha256();
        write(run, report.json(weights, expected));
        if (!weights.equals(expected)) {
            throw new JobFailedException("the weights are not those of the undisturbed run: " + weights.orElse("none")
                    + ", expected " + expected.orElse("none"));
        }
        output.tell("the weights are those of the undisturbed run");
        return ExitCode.DONE;
    }

    /** The job file of a run of which nobody else is told: they have been told of the disturbed one. */
    static String untracked(Path jobYaml) {
        Map<String, String> texts =
                JobFile.read(jobYaml, SettingsReader.names(RunSettings.IN_FILES), new ArrayList<>());
        RunSettings.TRACKING.forEach(setting -> texts.remove(setting.name()));
        return JobFile.text(texts);
    }

    /** For the page; the whole report follows. */
    private static void keep(RunDirectory run, Report soFar, TrainOutput output) {
        try {
            write(run, soFar.json(Optional.empty(), Optional.empty()));
        } catch (IOException e) {
            output.note("chaos.json cannot be written, so that the page lacks faults: " + e);
        }
    }

    private static void write(RunDirectory run, String json) throws IOException {
        AtomicFile.write(run.chaos(), json.getBytes(StandardCharsets.UTF_8));
    }
}
