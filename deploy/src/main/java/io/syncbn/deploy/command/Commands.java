package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.deploy.settings.UsageException;
import java.io.PrintStream;
import java.util.List;

/** All commands, and how one is run. */
final class Commands {
    private Commands() {}

    /**
     * In the order of the help.
     *
     * @param childMain name of the class whose {@code main} runs a command for another process of ours
     */
    static List<Command> all(String childMain) {
        return List.of(
                new TrainCommand(childMain),
                new CoordinatorCommand(),
                new WorkerCommand(),
                new EvaluateCommand(),
                new ExportTensorBoardCommand(),
                new BenchStepCommand(childMain),
                new BenchAllReduceCommand(childMain),
                new BenchStarCommand(childMain),
                new BenchCompareCommand(childMain),
                new BenchGrowthCommand(childMain));
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
