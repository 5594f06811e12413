package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.RunSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs a command that another process of ours has started, with the same words and flags, each flag with a value.
 * Command lines that a program writes need no checks of spelling and no help, and picocli takes a fifth of a second in
 * a cold JVM, while a job starts its coordinator and all its workers at once.
 */
public final class ChildMain {
    private ChildMain() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT); // logs, and messages of libraries, read the same everywhere
        LogOutput.install();
        int first = 0;
        while (!arguments[first].startsWith("--")) {
            first++;
        }
        List<String> words = List.of(arguments);
        Flags flags = flags(words.subList(first, words.size()));
        boolean isLogged = flags.texts().containsKey(RunSettings.LAUNCHED.name());
        Command command = command(String.join(" ", words.subList(0, first)));
        System.exit(Commands.run(command, flags, isLogged, System.err));
    }

    private static Command command(String name) {
        return Commands.all(ChildMain.class.getName()).stream()
                .filter(command -> command.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Flags flags(List<String> words) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i += 2) {
            texts.put(words.get(i).substring("--".length()), words.get(i + 1));
        }
        return new Flags(texts, new ArrayList<>());
    }
}
