package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.command.Main;
import io.syncbn.deploy.launch.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * One {@code syncbn} command as a process, in a JVM like this one.
 *
 * <p>Its output goes to files, so that no pipe that a test forgets to empty stops it, and so that a process of its own
 * that outlived it would not keep the test waiting.
 */
final class Syncbn implements AutoCloseable {
    /** For what takes seconds on an idle machine; only a hanging process takes as long. */
    static final Duration PATIENCE = Duration.ofSeconds(300);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_MILLIS = 20;

    private final Process process;
    private final Path out;
    private final Path err;

    /** How a command ended, and all it said. */
    record Ended(int exitCode, String out, String err) {}

    private Syncbn(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Syncbn start(Object... arguments) {
        return start(Surroundings.AS_HERE, arguments);
    }

    /**
     * What a process has that this one has not.
     *
     * @param environment variables
     * @param flags of the JVM
     * @param classes a directory, if there is one, behind the class path
     */
    record Surroundings(Map<String, String> environment, List<String> flags, Optional<Path> classes) {
        static final Surroundings AS_HERE = new Surroundings(Map.of(), List.of(), Optional.empty());
    }

    /** @param flags of the JVM */
    static Syncbn start(List<String> flags, Object... arguments) {
        return start(new Surroundings(Map.of(), flags, Optional.empty()), arguments);
    }

    static Syncbn start(Surroundings surroundings, Object... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=CompileThresholdScaling,io.syncbn.worker.kernels.Vector*::*,0.001", // as bin/syncbn
                "-Djava.util.logging.SimpleFormatter.format=%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n"));
        all.addAll(Installation.flags());
        all.addAll(surroundings.flags());
        List<String> command = JavaCommand.of(Main.class.getName(), all.toArray(String[]::new));
        int classPath = command.indexOf("-cp") + 1;
        command.set(
                classPath,
                Installation.classPath()
                        + surroundings
                                .classes()
                                .map(more -> File.pathSeparator + more)
                                .orElse(""));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            Path out = temporaryFile("out");
            Path err = temporaryFile("err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(surroundings.environment());
            return new Syncbn(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end. */
    static Ended run(Object... arguments) {
        try (Syncbn syncbn = start(arguments)) {
            return syncbn.await(PATIENCE);
        }
    }

    /** Runs a command that is to end well. */
    static Ended succeed(Object... arguments) {
        Ended ended = run(arguments);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended;
    }

    /** A run directory's {@code result.json}. */
    static JsonNode result(Path run) throws IOException {
        return JSON.readTree(Files.readString(run.resolve("result.json")));
    }

    /** Whether a run's {@code metrics.jsonl} has the line of a step. */
    static boolean hasStep(Path run, int step) {
        try {
            Path metrics = run.resolve("metrics.jsonl");
            return Files.exists(metrics) && Files.readString(metrics).contains("{\"step\":" + step + ",");
        } catch (IOException e) {
            return false; // just being replaced
        }
    }

    /** The checkpoint of a run's latest step, if there is one. */
    static Optional<Path> newestCheckpoint(Path run) {
        Path directory = run.resolve("checkpoints");
        if (!Files.exists(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> checkpoints = Files.list(directory)) {
            return checkpoints
                    .filter(each -> each.getFileName().toString().startsWith("step-"))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Ended await(Duration patience) {
        try {
            assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                    .as("ends within %s; it said: %s", patience, err())
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Ended(process.exitValue(), text(out), err());
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    String out() {
        return text(out);
    }

    String err() {
        return text(err);
    }

    /** The process that the launcher calls so: {@code coordinator} or {@code worker-0}. */
    ProcessHandle child(String name) {
        String mark = name.equals("coordinator") ? " coordinator --launched " : " --name " + name + " ";
        return process.descendants()
                .filter(child -> commandLine(child).contains(mark))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no process of " + name));
    }

    /** Sends a signal by name, as in {@code STOP}. */
    static void signal(ProcessHandle to, String signal) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(to.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Waits until something is so. */
    static void await(String what, Duration patience, BooleanSupplier condition) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNanos)
                    .as("%s within %s", what, patience)
                    .isNegative();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Processes whose command line names a file, which must be one that no other test uses. */
    static List<ProcessHandle> processesOf(Path file) {
        return ProcessHandle.allProcesses()
                .filter(ProcessHandle::isAlive)
                .filter(each -> commandLine(each).contains(file.toString()))
                .toList();
    }

    /** Java's own picture of a process leaves out arguments that fill more than a page, as a class path does. */
    private static String commandLine(ProcessHandle of) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(of.pid()), "cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /** Ends it and all that it has started, stopped ones too. */
    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .join();
    }

    private static Path temporaryFile(String suffix) throws IOException {
        Path file = Files.createTempFile("syncbn-test-", "." + suffix);
        file.toFile().deleteOnExit();
        return file;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
