package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.DidYouMean;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The {@code syncbn} command, as people give it. */
public final class Main {
    /** Commands whose threads other processes wait for. */
    private static final Set<String> PARTS = Set.of("coordinator", "worker");

    private final PrintStream out;
    private final PrintStream err;

    /** @param err for the message of a failure */
    public Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT); // logs, and messages of libraries, read the same everywhere
        if (arguments.length > 0 && PARTS.contains(arguments[0])) {
            LogOutput.install();
        }
        System.exit(new Main(System.out, System.err).run(arguments));
    }

    /**
     * Runs one command in this JVM.
     *
     * @return the exit code
     */
    public int run(String... arguments) {
        CommandLine root = CommandLines.of(Commands.all(ChildMain.class.getName()), Version.text());
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
            return Commands.run(command, Flags.of(parsed, command.words()), false, err);
        }
        return Failures.report("syncbn", noCommand(parsed, line), err);
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
}
