package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.deploy.settings.UsageException;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;

/** All commands, and how one is run. */
final class Commands {
    private Commands() {}

    /**
     * In the order of the help.
     *
     * @param childMain name of the class whose {@code main} runs a command for another process of ours
     */
    static List<Command> all(String childMain) {
        Supplier<CommandLine> syncbn = () -> CommandLines.of(all(childMain), Version.text());
        return List.of(
                new TrainCommand(childMain),
                new CoordinatorCommand(),
                new WorkerCommand(),
                new EvaluateCommand(),
                new ViewCommand(),
                new ExportOnnxCommand(),
                new ExportTraceCommand(),
                new ExportTensorBoardCommand(),
                new BenchStepCommand(childMain),
                new BenchAllReduceCommand(childMain),
                new BenchStarCommand(childMain),
                new BenchCompareCommand(childMain),
                new BenchGrowthCommand(childMain),
                new CompletionCommand(syncbn),
                new ManCommand(syncbn));
    }

    /**
     * Runs a command in this JVM, and says why if it fails.
     *
     * @param isLogged whether {@code err} is a log file
     * @return the exit code
     */
    static int run(Command command, Flags flags, boolean isLogged, PrintStream err) {
        try {
            return command.run(SettingsReader.read(command.runSettings(), flags.texts(), flags.problems()));
        } catch (UsageException e) {
            return Failures.report("syncbn " + command.name(), e, err);
        } catch (Exception | Error e) {
            return Failures.report(e, isLogged, err);
        }
    }
}
