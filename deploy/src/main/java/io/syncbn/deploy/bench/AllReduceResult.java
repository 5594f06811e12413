package io.syncbn.deploy.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;

/**
 * One line of the all-reduce benchmark; the fields are those that programs of other systems print too.
 *
 * @param peer which system this is
 * @param floats numbers in the vector
 * @param workers processes that summed it
 * @param roundsLeftOut before those that were measured
 * @param microsMedian median time of a round
 * @param microsP99 99th percentile
 */
public record AllReduceResult(
        String peer, int floats, int workers, int roundsLeftOut, double microsMedian, double microsP99) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static AllReduceResult of(int floats, int workers, int roundsLeftOut, double[] micros) {
        double[] sorted = micros.clone();
        Arrays.sort(sorted);
        return new AllReduceResult(
                "syncbn",
                floats,
                workers,
                roundsLeftOut,
                round(sorted[sorted.length / 2]),
                round(sorted[(int) (sorted.length * 0.99)]));
    }

    private static double round(double micros) {
        return Math.round(micros * 10) / 10.0;
    }

    public String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts always make JSON", e);
        }
    }
}
