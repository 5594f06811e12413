package io.syncbn.deploy.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * PyTorch, as a Python program that takes {@code train}, {@code single} and {@code allreduce}; see {@code peer.py}.
 *
 * @param python the interpreter
 * @param program what it runs
 */
public record Peer(String python, Path program) {
    private static final String PROGRAM = "peer.py";
    private static final int IMPORT_SECONDS = 120;

    /** The program that comes with this package. */
    public static Peer own(String python) throws IOException {
        // In a directory of its own: Python looks for modules beside a program first.
        Path directory = Files.createTempDirectory("syncbn-peer-");
        directory.toFile().deleteOnExit();
        Path file = directory.resolve(PROGRAM);
        file.toFile().deleteOnExit();
        try (InputStream in = Peer.class.getResourceAsStream(PROGRAM)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return new Peer(python, file);
    }

    /**
     * Tries the interpreter.
     *
     * @throws BenchException if it cannot be started, has no PyTorch, or takes minutes to load it
     */
    public static void requireTorch(String python) throws InterruptedException {
        requireTorch(python, Duration.ofSeconds(IMPORT_SECONDS));
    }

    static void requireTorch(String python, Duration patience) throws InterruptedException {
        try {
            Path output = Files.createTempFile("syncbn-torch-", ".log");
            try {
                requireTorch(python, patience, output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new BenchException("--python " + python + " cannot be started: " + e.getMessage());
        }
    }

    /** @param output where it writes; reading from a pipe would block for as long as the program runs */
    private static void requireTorch(String python, Duration patience, Path output)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python, "-c", "import torch")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BenchException(
                        "--python " + python + " has not loaded PyTorch within " + patience.toSeconds() + " s");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
            String lastLine = said.substring(said.lastIndexOf('\n') + 1);
            throw new BenchException("--python " + python + " has no PyTorch: " + lastLine);
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

    /** Ordinary batch normalization in one process. */
    Measurement single(Workload workload, int threads, int batch, int steps) {
        return measurement(
                "PyTorch, " + workload + ", one process, threads: " + threads + ", batch: " + batch,
                "single",
                "--threads",
                threads,
                "--batch",
                batch,
                "--model",
                workload.model(),
                "--size",
                workload.size(),
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
