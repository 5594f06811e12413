package io.syncbn.worker.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** What a run's {@code metrics.jsonl} says about all its steps, whichever workers wrote it. */
public final class RunHistory {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Tolerance for epochs, which are fractions; far less than a step. */
    private static final double ROUNDING = 1e-9;

    private final StepTimes stepMillis = new StepTimes();
    private final StepTimes syncMillis = new StepTimes();
    private long examples;
    private long lastStep;
    private final Deque<Step> lastEpoch = new ArrayDeque<>();
    private Double testAccuracy;

    private RunHistory() {}

    public static RunHistory of(List<String> texts) {
        RunHistory history = new RunHistory();
        lines(texts, line -> true).forEach(line -> history.add(line.json));
        return history;
    }

    /**
     * A step that was not skipped.
     *
     * @param epoch passes over the data after it
     * @param loss mean over its examples
     * @param noise zeros where it could not be told
     */
    private record Step(double epoch, double loss, long examples, GradientNoise noise) {}

    /** A line's text and what it says. */
    private record Line(String text, JsonNode json) {}

    /** The lines that satisfy a condition, without those torn by a process that was killed. */
    private static List<Line> lines(List<String> texts, Predicate<JsonNode> condition) {
        List<Line> lines = new ArrayList<>();
        for (String text : texts) {
            try {
                JsonNode json = JSON.readTree(text);
                if (json.path("step").isNumber() && condition.test(json)) {
                    lines.add(new Line(text, json));
                }
            } catch (JsonProcessingException e) {
                continue;
            }
        }
        return lines;
    }

    /** A file's lines. A line that is not UTF-8 counts as torn, and becomes empty. */
    public static List<String> texts(Path file) throws IOException {
        List<String> texts = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    texts.add(text(line.toByteArray()));
                    line.reset();
                } else {
                    line.write(next);
                }
            }
            if (line.size() > 0) {
                texts.add(text(line.toByteArray()));
            }
        }
        return texts;
    }

    private static String text(byte[] line) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    /** The lines that stay valid when training goes on after a step; that step's evaluation is repeated. */
    static List<String> linesUpTo(long step, Path file) throws IOException {
        return lines(
                        texts(file),
                        json -> json.path("step").asLong() < step
                                || json.path("step").asLong() == step && !isEvaluation(json))
                .stream()
                .map(Line::text)
                .toList();
    }

    private static boolean isEvaluation(JsonNode line) {
        return line.has("testAccuracy");
    }

    private void add(JsonNode line) {
        if (isEvaluation(line)) {
            testAccuracy = line.path("testAccuracy").asDouble();
            return;
        }
        stepMillis.add(line.path("stepMillis").asDouble());
        syncMillis.add(line.path("syncMillis").asDouble());
        lastStep = line.path("step").asLong();
        examples += line.path("examples").asLong();
        if (!line.has("skipped")) {
            add(new Step(
                    line.path("epoch").asDouble(),
                    line.path("loss").asDouble(),
                    line.path("examples").asLong(),
                    new GradientNoise(
                            line.path("gradientSquare").asDouble(),
                            line.path("gradientVariance").asDouble())));
        }
    }

    private void add(Step step) {
        lastEpoch.add(step);
        while (lastEpoch.getFirst().epoch < step.epoch - 1 + ROUNDING) {
            lastEpoch.removeFirst();
        }
    }

    /** Number of the last step; 0 without one. */
    public long lastStep() {
        return lastStep;
    }

    StepTimes stepMillis() {
        return stepMillis;
    }

    StepTimes syncMillis() {
        return syncMillis;
    }

    double imagesPerSecond() {
        return stepMillis.total() == 0 ? 0 : examples / (stepMillis.total() / 1000);
    }

    /** Mean loss over the examples of the last epoch, in steps that were not skipped; null without one. */
    Double trainLoss() {
        long count = lastEpoch.stream().mapToLong(Step::examples).sum();
        return count == 0
                ? null
                : lastEpoch.stream()
                                .mapToDouble(step -> step.loss * step.examples)
                                .sum()
                        / count;
    }

    /** The gradient's noise scale over the last epoch, in examples; NaN if it cannot be told. */
    double noiseScale() {
        return GradientNoise.scale(
                lastEpoch.stream()
                        .mapToDouble(step -> step.noise.gradientSquare())
                        .sum(),
                lastEpoch.stream()
                        .mapToDouble(step -> step.noise.gradientVariance())
                        .sum());
    }

    /** Accuracy in the last evaluation; null without one. */
    Double testAccuracy() {
        return testAccuracy;
    }
}
