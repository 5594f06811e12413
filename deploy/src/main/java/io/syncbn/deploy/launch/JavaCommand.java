package io.syncbn.deploy.launch;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The start of a command line for another JVM like this one. */
public final class JavaCommand {
    private JavaCommand() {}

    /**
     * Executable, flags, class path and main class. This JVM's own flags come last, so that what the user put among them
     * wins.
     *
     * @return a list that arguments may be added to
     */
    public static List<String> of(String mainClass, String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return command;
    }
}
