package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.DidYouMean;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The {@code syncbn} command. */
public final class Main {
    private static final List<Command> COMMANDS = List.of(
            new TrainCommand(),
            new CoordinatorCommand(),
            new WorkerCommand(),
            new EvaluateCommand(),
            new BenchStepCommand(),
            new BenchAllReduceCommand(),
            new BenchStarCommand(),
            new BenchCompareCommand(),
            new BenchGrowthCommand());

    private final PrintStream out;
    private final PrintStream err;

    /** @param err for the message of a failure */
    public Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        System.exit(new Main(System.out, System.err).run(arguments));
    }

    /**
     * Runs one command in this JVM.
     *
     * @return the exit code
     */
    public int run(String... arguments) {
        CommandLine root = CommandLines.of(COMMANDS, version());
        ParseResult parsed = root.parseArgs(
                arguments.length == 1 && arguments[0].equals("help") ? new String[] {"--help"} : arguments);
        if (parsed.isVersionHelpRequested()) {
            out.println(root.getCommandSpec().version()[0]);
            return ExitCode.DONE;
        }
        while (parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
            parsed = parsed.subcommand();
        }
        CommandLine line = parsed.commandSpec().commandLine();
        if (parsed.isUsageHelpRequested()) {
            out.print(CommandLines.help(line));
            return ExitCode.DONE;
        }
        if (parsed.commandSpec().userObject() instanceof Command command) {
            return run(command, Flags.of(parsed));
        }
        return report("syncbn", noCommand(parsed, line));
    }

    private int run(Command command, Flags flags) {
        boolean isLaunched = flags.texts().containsKey("launched");
        try {
            return command.run(SettingsReader.read(command.runSettings(), flags.texts(), flags.problems()));
        } catch (UsageException e) {
            return report("syncbn " + command.name(), e);
        } catch (Exception | Error e) {
            return Failures.report(e, isLaunched, err);
        }
    }

    private int report(String command, UsageException usage) {
        List<String> problems = usage.problems();
        if (problems.size() == 1) {
            err.println("syncbn: " + problems.get(0));
        } else {
            err.println("syncbn: " + problems.size() + " problems:");
            problems.forEach(problem -> err.println("  " + problem));
        }
        err.println("See " + command + " --help");
        return ExitCode.BAD_INPUT;
    }

    private static UsageException noCommand(ParseResult parsed, CommandLine line) {
        List<String> names = new ArrayList<>(line.getSubcommands().keySet());
        String commands = "; commands are " + String.join(", ", names);
        if (parsed.unmatched().isEmpty()) {
            return new UsageException(List.of("a command is missing" + commands));
        }
        String given = parsed.unmatched().get(0);
        String hint = DidYouMean.hint(given, names);
        return new UsageException(List.of(given + " is no command" + (hint.isEmpty() ? commands : hint)));
    }

    private static String version() {
        try (InputStream in = Main.class.getResourceAsStream("/io/syncbn/deploy/version")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalStateException("the jar of this class has no version", e);
        }
    }
}
