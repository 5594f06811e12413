package io.syncbn.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The Python with PyTorch that {@code SYNCBN_PYTHON} names. A test that asks for it is skipped without one. */
public final class PyTorch {
    private static final String PYTHON = System.getenv("SYNCBN_PYTHON");

    private PyTorch() {}

    /** Skips the test if there is none. */
    public static void assumeThere() {
        assumeTrue(PYTHON != null, "SYNCBN_PYTHON names no Python with torch: nothing to compare with");
    }

    /**
     * Runs a script, which must succeed.
     *
     * @param directory for what it prints
     * @return what it printed
     */
    public static String run(Path directory, String script, List<String> arguments)
            throws IOException, InterruptedException {
        assumeThere();
        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", script));
        command.addAll(arguments);
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
