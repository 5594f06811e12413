package io.syncbn.worker.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Normalization by mean and variance, by its definition: two passes over the numbers of each group. A group is some
 * examples of the global batch times some consecutive channels.
 */
public final class Float64Norm implements Float64Layers.Twin {

    /** What batch renormalization makes of x̂ = (x − mean)/√(variance + ε) of a channel: r·x̂ + d. */
    public interface Correction {
        /** r, then d */
        double[] of(int channel, double mean, double variance);
    }

    /** By group of examples and channel. */
    public final List<double[]> means = new ArrayList<>();

    public final List<double[]> variances = new ArrayList<>();
    private final Float64Layers.Parameters parameters;
    private final String name;
    private final int channels;
    private final int channelsPerGroup;
    private final double epsilon;
    private final int[] groupOfExample;
    private final int groups;
    private final Correction correction;
    private double[] normalized;

    /** A channel each, as batch normalization has it. */
    public Float64Norm(
            Float64Layers.Parameters parameters,
            String name,
            int channels,
            double epsilon,
            int[] groupOfExample,
            int groups) {
        this(parameters, name, channels, 1, epsilon, groupOfExample, groups, (channel, mean, variance) ->
                new double[] {1, 0});
    }

    /** @param groupOfExample normalization group of each example of the global batch */
    public Float64Norm(
            Float64Layers.Parameters parameters,
            String name,
            int channels,
            int channelsPerGroup,
            double epsilon,
            int[] groupOfExample,
            int groups,
            Correction correction) {
        this.parameters = parameters;
        this.name = name;
        this.channels = channels;
        this.channelsPerGroup = channelsPerGroup;
        this.epsilon = epsilon;
        this.groupOfExample = groupOfExample;
        this.groups = groups;
        this.correction = correction;
    }

    @Override
    public double[] forward(double[] x) {
        means.clear();
        variances.clear();
        normalized = new double[x.length];
        double[] y = new double[x.length];
        for (int g = 0; g < groups; g++) {
            means.add(new double[channels]);
            variances.add(new double[channels]);
            for (int c = 0; c < channels; c++) {
                List<Integer> peers = peers(g, c, x.length);
                double mean = 0;
                double variance = 0;
                for (int i : peers) {
                    mean += x[i] / peers.size();
                }
                for (int i : peers) {
                    variance += (x[i] - mean) * (x[i] - mean) / peers.size();
                }
                means.get(g)[c] = mean;
                variances.get(g)[c] = variance;
                double[] corrected = correction.of(c, mean, variance);
                for (int i : peers) {
                    if (i % channels == c) {
                        normalized[i] = (x[i] - mean) / Math.sqrt(variance + epsilon);
                        y[i] = gamma(c) * (corrected[0] * normalized[i] + corrected[1]) + beta(c);
                    }
                }
            }
        }
        return y;
    }

    @Override
    public double[] backward(double[] dy) {
        double[] dx = new double[dy.length];
        for (int g = 0; g < groups; g++) {
            for (int c = 0; c < channels; c++) {
                double[] corrected = correction.of(c, means.get(g)[c], variances.get(g)[c]);
                double inverse = corrected[0] / Math.sqrt(variances.get(g)[c] + epsilon);
                List<Integer> peers = peers(g, c, dy.length);
                double sum = 0;
                double product = 0;
                for (int i : peers) {
                    sum += gamma(i % channels) * dy[i];
                    product += gamma(i % channels) * dy[i] * normalized[i];
                }
                for (int i : peers) {
                    if (i % channels == c) {
                        dx[i] = inverse
                                * (gamma(c) * dy[i] - sum / peers.size() - normalized[i] * product / peers.size());
                        addTo(".weight", c, dy[i] * (corrected[0] * normalized[i] + corrected[1]));
                        addTo(".bias", c, dy[i]);
                    }
                }
            }
        }
        return dx;
    }

    private void addTo(String parameter, int c, double gradient) {
        if (parameters.values.containsKey(name + parameter)) {
            parameters.gradients.get(name + parameter)[c] += gradient;
        }
    }

    /** How many numbers share the statistics of a group's channels. */
    public double rows(int group) {
        long examples = Arrays.stream(groupOfExample).filter(g -> g == group).count();
        return examples == 0
                ? 0
                : (double) examples * normalized.length / groupOfExample.length / channels * channelsPerGroup;
    }

    /** The numbers that share statistics with a channel of a group. */
    private List<Integer> peers(int group, int channel, int length) {
        List<Integer> peers = new ArrayList<>();
        int first = channel / channelsPerGroup * channelsPerGroup;
        for (int row = 0; row < length / channels; row++) {
            if (group(row * channels, length) == group) {
                for (int c = first; c < first + channelsPerGroup; c++) {
                    peers.add(row * channels + c);
                }
            }
        }
        return peers;
    }

    private int group(int index, int length) {
        return groupOfExample[index / (length / groupOfExample.length)];
    }

    private double gamma(int c) {
        double[] gamma = parameters.values.get(name + ".weight");
        return gamma == null ? 1 : gamma[c];
    }

    private double beta(int c) {
        double[] beta = parameters.values.get(name + ".bias");
        return beta == null ? 0 : beta[c];
    }
}
