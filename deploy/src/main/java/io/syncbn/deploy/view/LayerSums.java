package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Arrays;

/** Waits for moments by normalization layer, summed over steps, in microseconds. Not thread-safe. */
final class LayerSums {
    /** More than any report has: {@code Reports.MOST_WAITS}. */
    private static final int MOST_LAYERS = 1000;

    private double[] micros = {};
    private long steps;

    void add(JsonNode waits, long of) {
        if (waits.isEmpty() || waits.size() > MOST_LAYERS) {
            return;
        }
        if (waits.size() != micros.length) { // another model's: a file that was put together by hand
            micros = new double[waits.size()];
            steps = 0;
        }
        for (int i = 0; i < micros.length; i++) {
            micros[i] += waits.path(i).asDouble();
        }
        steps += of;
    }

    /** Forgets half, so that the mean follows the last ones. */
    void fade() {
        Arrays.setAll(micros, i -> micros[i] / 2);
        steps /= 2;
    }

    boolean hasMore(long thanSteps) {
        return steps > thanSteps;
    }

    /** Means of a step. */
    void write(ArrayNode json) {
        Numbers.put(
                json, Arrays.stream(micros).map(sum -> sum / Math.max(1, steps)).toArray());
    }
}
