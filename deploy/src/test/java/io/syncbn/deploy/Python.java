package io.syncbn.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The Python that {@code SYNCBN_PYTHON} names. A test that asks for it is skipped without one, or without its modules. */
public final class Python {
    private static final String PYTHON = System.getenv("SYNCBN_PYTHON");

    private Python() {}

    /** Skips the test if there is no Python with these modules. */
    public static void assumeHas(Path directory, String... modules) throws IOException, InterruptedException {
        assumeTrue(PYTHON != null, "SYNCBN_PYTHON names no Python: nothing to compare with");
        for (String module : modules) {
            String found = run(
                    directory,
                    "import importlib.util, sys; print(importlib.util.find_spec(sys.argv[1]) is not None)",
                    module);
            assumeTrue(found.strip().equals("True"), () -> PYTHON + " has no " + module + ": nothing to compare with");
        }
    }

    /**
     * Runs a script, which must succeed.
     *
     * @param directory for what it prints
     * @return what it printed
     */
    public static String run(Path directory, String script, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", script));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, "printed", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
