package io.syncbn.deploy.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs measurements one after the other, several rounds of all of them: so that other load on the machine affects all
 * alike. {@link #run} belongs to one thread; {@link #interrupt} may be called from any.
 */
public final class Series {
    private static final int LAST_WORDS_LINES = 12;
    private static final int TERMINATE_SECONDS = 10;

    private final Consumer<String> progress;
    private Process running;
    private boolean isInterrupted;

    /** @param progress takes a line for the user */
    public Series(Consumer<String> progress) {
        this.progress = progress;
    }

    /**
     * Measures everything except programs that fail and what is left when the series is interrupted.
     *
     * @return what the programs printed, with the number of the round
     */
    public Results run(List<Measurement> measurements, int rounds) throws IOException, InterruptedException {
        List<ObjectNode> all = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (int round = 1; round <= rounds && !isInterrupted(); round++) {
            for (int i = 0; i < measurements.size() && !isInterrupted(); i++) {
                Measurement measurement = measurements.get(i);
                String turn = "round " + round + "/" + rounds + "  " + (i + 1) + "/" + measurements.size() + "  ";
                progress.accept(turn + measurement.name());
                try {
                    for (ObjectNode result : run(measurement)) {
                        ObjectNode withRound = Json.object().put("round", round);
                        withRound.setAll(result);
                        all.add(withRound);
                    }
                } catch (BenchException e) {
                    failures.add("in round " + round + " " + e.getMessage());
                    progress.accept(turn + e.getMessage());
                }
            }
        }
        return new Results(all, failures);
    }

    private List<ObjectNode> run(Measurement measurement) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("syncbn-bench-", ".err");
        try {
            Optional<Process> started = start(measurement, errors);
            if (started.isEmpty()) {
                return List.of();
            }
            Process process = started.get();
            List<String> lines = lines(process);
            int exitCode = process.waitFor();
            return ended() ? List.of() : results(measurement, exitCode, lines, errors);
        } finally {
            Files.delete(errors);
        }
    }

    /** What it prints until it ends. Its standard input stays open: a launched program ends when that closes. */
    private List<String> lines(Process process) throws IOException {
        try (BufferedReader out = process.inputReader()) {
            return out.lines().toList();
        } catch (IOException | UncheckedIOException e) {
            if (isInterrupted()) {
                return List.of(); // ending a process closes its streams
            }
            throw e;
        }
    }

    private synchronized Optional<Process> start(Measurement measurement, Path errors) {
        if (isInterrupted) {
            return Optional.empty();
        }
        try {
            running = new ProcessBuilder(measurement.command())
                    .redirectError(errors.toFile())
                    .start();
            return Optional.of(running);
        } catch (IOException e) {
            throw new BenchException(measurement.name() + " cannot be started: " + e.getMessage());
        }
    }

    /** Whether the program was interrupted. */
    private synchronized boolean ended() {
        running = null;
        return isInterrupted;
    }

    public synchronized boolean isInterrupted() {
        return isInterrupted;
    }

    private static List<ObjectNode> results(Measurement measurement, int exitCode, List<String> lines, Path errors)
            throws IOException {
        List<ObjectNode> results =
                lines.stream().map(Json::objectOn).flatMap(Optional::stream).toList();
        if (exitCode == 0 && !results.isEmpty()) {
            return results;
        }
        String how = exitCode == 0 ? " ended without a result" : " ended with exit code " + exitCode;
        StringBuilder message =
                new StringBuilder(measurement.name()).append(how).append("; its last words:");
        List<String> words = new ArrayList<>(lines);
        words.addAll(Files.readAllLines(errors));
        words.subList(Math.max(0, words.size() - LAST_WORDS_LINES), words.size())
                .forEach(line -> message.append("\n  | ").append(line));
        throw new BenchException(message.toString());
    }

    /** Ends the running program, and with it the series. */
    public synchronized void interrupt() {
        isInterrupted = true;
        if (running != null) {
            end(running);
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(TERMINATE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
