package io.syncbn.deploy.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * PyTorch, as a Python program that takes {@code train} and {@code allreduce}; see {@code peer.py}.
 *
 * @param python the interpreter
 * @param program what it runs
 */
public record Peer(String python, Path program) {
    private static final String PROGRAM = "peer.py";
    private static final int IMPORT_SECONDS = 120;

    /** The program that comes along. */
    public static Peer own(String python) throws IOException {
        Path file = Files.createTempFile("syncbn-peer-", ".py");
        file.toFile().deleteOnExit();
        try (InputStream in = Peer.class.getResourceAsStream(PROGRAM)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return new Peer(python, file);
    }

    /**
     * Tries the interpreter.
     *
     * @throws BenchException if it cannot be started or has no PyTorch
     */
    public static void requireTorch(String python) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(python, "-c", "import torch")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(IMPORT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                String lastLine = said.substring(said.lastIndexOf('\n') + 1);
                throw new BenchException("--python " + python + " has no PyTorch: " + lastLine);
            }
        } catch (IOException e) {
            throw new BenchException("--python " + python + " cannot be started: " + e.getMessage());
        }
    }

    /** @param norm {@code sync} or {@code local} */
    Measurement step(Configuration configuration, String norm, int steps) {
        return measurement(
                "PyTorch, " + configuration + ", " + norm,
                "train",
                "--workers",
                configuration.workers(),
                "--batch",
                configuration.batch(),
                "--norm",
                norm,
                "--steps",
                steps);
    }

    Measurement allReduce(int workers, List<Integer> sizes, int rounds) {
        Measurement measurement = measurement(
                "gloo, sums of " + workers + " workers",
                "allreduce",
                "--workers",
                workers,
                "--steps",
                rounds,
                "--floats");
        List<String> command = new ArrayList<>(measurement.command());
        sizes.forEach(floats -> command.add(floats.toString()));
        return new Measurement(measurement.name(), command);
    }

    private Measurement measurement(String name, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(python, program.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new Measurement(name, command);
    }
}
