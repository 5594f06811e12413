package io.syncbn.deploy.launch;

import io.syncbn.deploy.settings.MemorySize;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The start of a command line for another JVM like this one. */
public final class JavaCommand {
    private static final Pattern INITIAL_HEAP =
            Pattern.compile("-(?:Xms|XX:InitialHeapSize=|XX:MinHeapSize=)(\\d{1,15}|\\d{1,6}[kKmMgGtT])");

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

    /** @param heap maximum heap of this one, which overrides the user's setting for all JVMs */
    static List<String> of(String mainClass, Optional<MemorySize> heap, String... flags) {
        return of(mainClass, heap, ManagementFactory.getRuntimeMXBean().getInputArguments(), flags);
    }

    static List<String> of(String mainClass, Optional<MemorySize> heap, List<String> inherited, String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(inherited);
        heap.ifPresent(size -> command.addAll(heapFlags(size, inherited)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return command;
    }

    /** Java refuses an initial heap above the maximum, so a small maximum is made the initial size too. */
    private static List<String> heapFlags(MemorySize size, List<String> inherited) {
        boolean isTooSmall = inherited.stream().anyMatch(flag -> initial(flag).compareTo(size) > 0);
        return isTooSmall ? List.of("-Xmx" + size, "-Xms" + size) : List.of("-Xmx" + size);
    }

    private static MemorySize initial(String flag) {
        Matcher initial = INITIAL_HEAP.matcher(flag);
        return initial.matches() ? MemorySize.parse(initial.group(1)) : new MemorySize(0);
    }
}
