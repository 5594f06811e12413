package io.syncbn.deploy.launch;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        return of(mainClass, Optional.empty(), flags);
    }

    /** @param heap how large this one's may grow, which beats what the user has said of all JVMs */
    static List<String> of(String mainClass, Optional<String> heap, String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        heap.ifPresent(size -> command.add("-Xmx" + size));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return command;
    }
}
