package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import java.util.List;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;

/** {@code syncbn completion}: what a shell needs to complete commands and flags. */
final class CompletionCommand implements Command {
    private final Supplier<CommandLine> syncbn;

    /** @param syncbn the whole command */
    CompletionCommand(Supplier<CommandLine> syncbn) {
        this.syncbn = syncbn;
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public String summary() {
        return "Prints a script for bash and zsh that completes commands, flags and values: source <(syncbn completion)";
    }

    @Override
    public List<Setting> runSettings() {
        return List.of();
    }

    @Override
    public boolean takesJob() {
        return false;
    }

    @Override
    public List<String> examples() {
        return List.of("completion > ~/.local/share/bash-completion/completions/syncbn");
    }

    @Override
    public int run(Settings settings) {
        settings.check();
        System.out.print(script(syncbn.get()));
        return ExitCode.DONE;
    }

    static String script(CommandLine syncbn) {
        return AutoComplete.bash("syncbn", syncbn);
    }
}
