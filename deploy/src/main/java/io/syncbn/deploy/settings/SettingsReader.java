package io.syncbn.deploy.settings;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobSettings;
import io.syncbn.proto.job.Setting;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Lays flags over the job file. */
public final class SettingsReader {
    /** A run directory's own job file. */
    public static final String JOB_YAML = "job.yaml";

    private SettingsReader() {}

    /**
     * The settings of a command.
     *
     * @param known run settings of the command
     * @param flags texts by name
     * @param problems with the flags themselves
     */
    public static Settings read(List<Setting> known, Map<String, String> flags, List<String> problems) {
        List<String> found = new ArrayList<>(problems);
        Map<String, String> given = new HashMap<>();
        jobFile(flags, found).ifPresent(file -> given.putAll(fromFile(file, found)));
        // Two ways to say one thing: the flag beats the file here too.
        if (flags.containsKey("steps")) {
            given.remove("epochs");
        }
        if (flags.containsKey("epochs")) {
            given.remove("steps");
        }
        given.putAll(OldNames.replaced(flags, found));
        given.forEach((name, value) -> requireWholePath(name, value, found));
        return new Settings(known, given, found);
    }

    private static Map<String, String> fromFile(Path file, List<String> problems) {
        List<String> names = new ArrayList<>(names(RunSettings.IN_FILES));
        names.addAll(OldNames.all());
        return OldNames.replaced(JobFile.read(file, names, problems), problems);
    }

    /**
     * Rejects a leading ~, which only shells expand, and only at the beginning of a word; here it would be a file's
     * name.
     */
    private static void requireWholePath(String name, String value, List<String> problems) {
        String path = name.equals("data") ? Job.DataSource.of(value).path() : value;
        if (path.startsWith("~")) {
            problems.add("--" + name + " is '" + value + "'; ~ is not expanded here, write the path in full");
        }
    }

    /** Names of some run settings and of all job settings. */
    public static List<String> names(List<Setting> runSettings) {
        return Stream.concat(runSettings.stream(), JobSettings.ALL.stream())
                .map(Setting::name)
                .toList();
    }

    private static Optional<Path> jobFile(Map<String, String> flags, List<String> problems) {
        try {
            if (flags.containsKey(RunSettings.JOB.name())) {
                return Optional.of(Path.of(flags.get(RunSettings.JOB.name())));
            }
            for (Setting setting : List.of(RunSettings.RESUME, RunSettings.CHECKPOINT)) {
                if (flags.containsKey(setting.name())) {
                    Path directory = Path.of(flags.get(setting.name()));
                    return jobFileOf(directory, setting, problems);
                }
            }
        } catch (InvalidPathException e) {
            problems.add("'" + e.getInput() + "' is no path");
        }
        return Optional.empty();
    }

    private static Optional<Path> jobFileOf(Path directory, Setting setting, List<String> problems) {
        Path file = runDirectoryOf(directory).resolve(JOB_YAML);
        if (Files.isRegularFile(file)) {
            return Optional.of(file);
        }
        problems.add("--" + setting.name() + " " + directory
                + (Files.exists(directory)
                        ? " belongs to no run: " + file + " is missing; give the job with --job"
                        : " does not exist"));
        return Optional.empty();
    }

    /** The run directory of a run directory or of one of its checkpoints, RUN/checkpoints/step-00000000. */
    public static Path runDirectoryOf(Path directory) {
        Path normal = directory.toAbsolutePath().normalize();
        Path parent = normal.getParent();
        boolean isCheckpoint = parent != null && parent.endsWith("checkpoints") && parent.getParent() != null;
        return isCheckpoint ? directory.resolve("../..").normalize() : directory;
    }
}
