package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.OldNames;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.proto.job.JobSettings;
import io.syncbn.proto.job.Setting;
import io.syncbn.worker.data.DataFormats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Builds picocli's model of the command from the lists of settings. */
final class CommandLines {
    /** Narrow enough for two windows side by side. */
    private static final int HELP_COLUMNS = 96;

    /** Stands in for {@code --}, as no command takes positional words: a text that cannot be given. */
    private static final String NO_DELIMITER = "\0";

    private static final Set<String> OPTIMIZATION = Set.of(
            "optimizer",
            "lr",
            "scale-lr",
            "lr-base-batch",
            "weight-decay",
            "decay-all",
            "clip-norm",
            "clip-agc",
            "schedule",
            "warmup",
            "label-smoothing",
            "dropout");

    /** Set only by processes of ours. */
    private static final Set<Setting> NOT_FOR_PEOPLE = Set.of(RunSettings.LAUNCHED, BenchSettings.MEASURED);

    /** What the commands of a common first word do. */
    private static final Map<String, String> GROUPS =
            Map.of("bench", "Measures.", "export", "Writes what a run has left in a form that other programs read.");

    private CommandLines() {}

    static CommandLine of(List<Command> commands, String version) {
        CommandSpec root = CommandSpec.create().name("syncbn");
        root.version("syncbn " + version);
        root.addOption(help());
        root.addOption(OptionSpec.builder("--version")
                .versionHelp(true)
                .description("print the version")
                .build());
        root.usageMessage()
                .description(
                        "Trains one model on many workers as if they were one machine:",
                        "batch statistics, gradients and weights are the same, to the bit, for any number of workers.",
                        "")
                .footer(
                        "",
                        "syncbn COMMAND --help names the flags of a command.",
                        "",
                        "Example:",
                        "  syncbn train --workers 4 --model resnet20 --data shapes --epochs 5",
                        "",
                        "Exit codes:",
                        "  0  done",
                        "  1  the job failed",
                        "  2  wrong flags, job file, data or checkpoint",
                        "  3  a mistake in syncbn itself; there is a stack trace",
                        "  4  this worker alone cannot go on; the job can, without it or with another in its place",
                        "  130  interrupted by Ctrl-C, SIGTERM or SIGHUP");
        commands.forEach(command -> add(root, command));
        CommandLine line = new CommandLine(root);
        line.setUnmatchedArgumentsAllowed(true);
        line.setUsageHelpWidth(HELP_COLUMNS);
        line.setUsageHelpLongOptionsMaxWidth(34);
        line.setAbbreviatedOptionsAllowed(false);
        everyLine(line)
                .forEach(each ->
                        each.getCommandSpec().parser().collectErrors(true).endOfOptionsDelimiter(NO_DELIMITER));
        return line;
    }

    private static List<CommandLine> everyLine(CommandLine line) {
        List<CommandLine> lines = new ArrayList<>(List.of(line));
        line.getSubcommands().values().forEach(sub -> lines.addAll(everyLine(sub)));
        return lines;
    }

    /** Adds a command under its words, which share their first one's node: {@code bench step}, {@code bench allreduce}. */
    private static void add(CommandSpec root, Command command) {
        CommandSpec parent = root;
        String[] words = command.name().split(" ");
        for (int i = 0; i < words.length - 1; i++) {
            CommandLine existing = parent.subcommands().get(words[i]);
            if (existing == null) {
                CommandSpec group = CommandSpec.create().addOption(help());
                group.usageMessage().description(GROUPS.get(words[i]));
                parent.addSubcommand(words[i], group);
                existing = parent.subcommands().get(words[i]);
            }
            parent = existing.getCommandSpec();
        }
        parent.addSubcommand(words[words.length - 1], spec(command));
    }

    private static CommandSpec spec(Command command) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command);
        UsageMessageSpec usage = spec.usageMessage();
        usage.description(command.summary(), "Defaults stand in parentheses.", "");
        String wordsGiven =
                command.words().stream().map(setting -> " " + setting.value()).collect(Collectors.joining());
        usage.customSynopsis("syncbn " + command.name() + wordsGiven + " [--flag value]…");
        usage.sortOptions(false);
        List<String> footer = new ArrayList<>(List.of("", "Examples:"));
        command.examples().forEach(example -> footer.add("  syncbn " + example));
        usage.footer(footer.toArray(String[]::new));
        int order = 0;
        for (Map.Entry<String, List<Setting>> group : groups(command).entrySet()) {
            ArgGroupSpec.Builder builder = ArgGroupSpec.builder()
                    .heading("%n" + group.getKey() + "%n")
                    .order(order++)
                    .validate(false)
                    .exclusive(false)
                    .multiplicity("0..1");
            group.getValue().forEach(setting -> builder.addArg(option(setting)));
            spec.addArgGroup(builder.build());
        }
        settings(command).forEach(setting -> OldNames.of(setting)
                .forEach(old -> spec.addOption(option(setting).toBuilder()
                        .names("--" + old)
                        .hidden(true)
                        .build())));
        spec.addOption(help());
        return spec;
    }

    private static List<Setting> jobSettings(Command command) {
        return command.takesJob() ? JobSettings.ALL : List.of();
    }

    private static Stream<Setting> settings(Command command) {
        return Stream.concat(command.runSettings().stream(), jobSettings(command).stream());
    }

    private static Map<String, List<Setting>> groups(Command command) {
        Map<String, List<Setting>> groups = new LinkedHashMap<>();
        groups.put(
                "The run",
                command.runSettings().stream()
                        .filter(setting -> !NOT_FOR_PEOPLE.contains(setting))
                        .collect(Collectors.toCollection(ArrayList::new)));
        for (Setting setting : jobSettings(command)) {
            String group = setting.name().startsWith("norm-")
                    ? "Batch normalization"
                    : OPTIMIZATION.contains(setting.name())
                                    || setting.hyperparameter().isPresent()
                            ? "Optimization"
                            : "The job: what decides the result";
            groups.computeIfAbsent(group, name -> new ArrayList<>()).add(setting);
        }
        return groups;
    }

    private static OptionSpec option(Setting setting) {
        boolean maySayNothing = setting.isSwitch() || OldNames.wasSwitch(setting);
        boolean isDefaultSaid = setting.defaultValue().isEmpty() || setting.isSwitch();
        return OptionSpec.builder("--" + setting.name())
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(maySayNothing ? "0..1" : "1")
                .fallbackValue(maySayNothing ? "true" : "")
                .paramLabel(setting.isSwitch() ? "true|false" : setting.value())
                .description(help(setting) + (isDefaultSaid ? "" : " (" + setting.defaultText() + ")"))
                .build();
    }

    /** The help of a setting; {@link DataFormats} knows the formats of {@code --data}. */
    private static String help(Setting setting) {
        return setting.name().equals("data") ? setting.help() + ": " + DataFormats.help() : setting.help();
    }

    private static OptionSpec help() {
        return OptionSpec.builder("--help", "-h")
                .usageHelp(true)
                .description("print this help")
                .build();
    }

    /** The help of a command, without colors, so that it reads the same everywhere. */
    static String help(CommandLine line) {
        return line.getUsageMessage(Help.Ansi.OFF);
    }
}
