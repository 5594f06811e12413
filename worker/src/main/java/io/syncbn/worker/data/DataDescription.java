package io.syncbn.worker.data;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model's inputs and outputs mean, in terms of the data that it was trained on: enough to use the model without
 * that data.
 *
 * @param classNames in the order of the labels
 * @param storedScale how many times as large as those of {@link Dataset.Split#read} the numbers are that the data's
 *     files hold: 255 for bytes
 * @param mean of each channel, by which inputs are normalized; empty as long as it is not known
 * @param deviation likewise
 */
public record DataDescription(List<String> classNames, double storedScale, List<Double> mean, List<Double> deviation) {

    /** Of data of which nothing is known. */
    public static final DataDescription NONE = new DataDescription(List.of(), 1, List.of(), List.of());

    public DataDescription {
        classNames = List.copyOf(classNames);
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
    }

    /** Without statistics, which take all rows. */
    public static DataDescription of(Dataset data) {
        return new DataDescription(data.classNames(), data.storedScale(), List.of(), List.of());
    }

    public DataDescription with(ChannelStatistics statistics) {
        return new DataDescription(
                classNames, storedScale, doubles(statistics.mean()), doubles(statistics.deviation()));
    }

    /** The statistics by which inputs are normalized, if they are known. */
    public ChannelStatistics statistics() {
        return new ChannelStatistics(floats(mean), floats(deviation));
    }

    /** Whether a model can be used with it. */
    public boolean suffices() {
        return !classNames.isEmpty() && hasStatistics();
    }

    /** Whether {@link #statistics} are known. */
    public boolean hasStatistics() {
        return !mean.isEmpty() && mean.size() == deviation.size();
    }

    /** Floats as doubles: their JSON gives the same floats again. */
    private static List<Double> doubles(float[] floats) {
        List<Double> doubles = new ArrayList<>();
        for (float each : floats) {
            doubles.add((double) each);
        }
        return doubles;
    }

    private static float[] floats(List<Double> doubles) {
        float[] floats = new float[doubles.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = doubles.get(i).floatValue();
        }
        return floats;
    }
}
