package io.syncbn.worker.record;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model's result on all test rows.
 *
 * @param examples number of test rows
 * @param loss mean cross-entropy
 * @param accuracy correct predictions over examples
 * @param others the same in other ways, if there are any
 */
public record Evaluation(long examples, double loss, double accuracy, Map<Other, Scores> others) {
    private static final int NUMBERS = 3;

    /** Ways to evaluate other than the weights by running statistics. */
    public enum Other {
        /** Of the training rows, at the present weights. */
        PRECISE,
        /** Of each batch of test rows. */
        BATCH,
        /** The average of the weights, with precise statistics of its own if there are any, else running ones. */
        EMA
    }

    /** Mean cross-entropy, and correct predictions over examples. */
    public record Scores(double loss, double accuracy) {}

    public Evaluation {
        others = Collections.unmodifiableMap(new EnumMap<>(others.isEmpty() ? new EnumMap<>(Other.class) : others));
    }

    public Evaluation(long examples, double loss, double accuracy) {
        this(examples, loss, accuracy, Map.of());
    }

    /** As a line of metrics.jsonl: values by name. */
    Map<String, Object> line(long step, double epoch) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("epoch", epoch);
        line.put("testLoss", loss);
        line.put("testAccuracy", accuracy);
        others.forEach((other, scores) -> {
            String name = other.name().toLowerCase(Locale.ROOT);
            line.put(name + "TestLoss", scores.loss());
            line.put(name + "TestAccuracy", scores.accuracy());
        });
        return line;
    }

    public boolean isFinite() {
        return Double.isFinite(loss);
    }

    /**
     * From sums over all shards.
     *
     * @param sums examples, loss, correct predictions; then the same for each of the others
     */
    public static Evaluation of(double[] sums, List<Other> ways) {
        Map<Other, Scores> others = new EnumMap<>(Other.class);
        for (int way = 0; way < ways.size(); way++) {
            int i = (way + 1) * NUMBERS;
            others.put(ways.get(way), new Scores(sums[i + 1] / sums[i], sums[i + 2] / sums[i]));
        }
        return new Evaluation((long) sums[0], sums[1] / sums[0], sums[2] / sums[0], others);
    }
}
