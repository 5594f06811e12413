package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;

/** {@code syncbn man}: the manual page, which the package has as {@code share/man/man1/syncbn.1}. */
final class ManCommand implements Command {
    private final Supplier<CommandLine> syncbn;

    /** @param syncbn the whole command */
    ManCommand(Supplier<CommandLine> syncbn) {
        this.syncbn = syncbn;
    }

    @Override
    public String name() {
        return "man";
    }

    @Override
    public String summary() {
        return "Prints the manual page: the help of all commands, for man.";
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
        return List.of("man | man -l -");
    }

    @Override
    public int run(Settings settings) {
        settings.check();
        System.out.print(ManPage.of(syncbn.get()));
        return ExitCode.DONE;
    }
}
