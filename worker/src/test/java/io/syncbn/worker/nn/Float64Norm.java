package io.syncbn.worker.nn;

import java.util.ArrayList;
import java.util.List;

/** Batch normalization by its definition: two passes, each group by itself. */
public final class Float64Norm implements Float64Layers.Twin {
    public final List<double[]> means = new ArrayList<>();
    public final List<double[]> variances = new ArrayList<>();
    private final Float64Layers.Parameters parameters;
    private final String name;
    private final int channels;
    private final double epsilon;
    private final int[] groupOfExample;
    private final int groups;
    private double[] normalized;
    private double[][] inverse;
    private double[][] rowsOfGroup;

    /** @param groupOfExample normalization group of each example of the global batch */
    public Float64Norm(
            Float64Layers.Parameters parameters,
            String name,
            int channels,
            double epsilon,
            int[] groupOfExample,
            int groups) {
        this.parameters = parameters;
        this.name = name;
        this.channels = channels;
        this.epsilon = epsilon;
        this.groupOfExample = groupOfExample;
        this.groups = groups;
    }

    @Override
    public double[] forward(double[] x) {
        means.clear();
        variances.clear();
        normalized = new double[x.length];
        inverse = new double[groups][channels];
        rowsOfGroup = new double[groups][1];
        double[] y = new double[x.length];
        for (int g = 0; g < groups; g++) {
            double[] mean = new double[channels];
            double[] variance = new double[channels];
            means.add(mean);
            variances.add(variance);
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                double count = 0;
                for (int i = c; i < x.length; i += channels) {
                    if (group(i, x.length) == g) {
                        sum += x[i];
                        count++;
                    }
                }
                rowsOfGroup[g][0] = count;
                if (count == 0) {
                    continue;
                }
                mean[c] = sum / count;
                for (int i = c; i < x.length; i += channels) {
                    if (group(i, x.length) == g) {
                        variance[c] += (x[i] - mean[c]) * (x[i] - mean[c]) / count;
                    }
                }
                inverse[g][c] = 1 / Math.sqrt(variance[c] + epsilon);
                for (int i = c; i < x.length; i += channels) {
                    if (group(i, x.length) == g) {
                        normalized[i] = (x[i] - mean[c]) * inverse[g][c];
                        y[i] = gamma(c) * normalized[i] + beta(c);
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
                double sum = 0;
                double product = 0;
                for (int i = c; i < dy.length; i += channels) {
                    if (group(i, dy.length) == g) {
                        sum += dy[i];
                        product += dy[i] * normalized[i];
                    }
                }
                double count = rowsOfGroup[g][0];
                for (int i = c; i < dy.length; i += channels) {
                    if (group(i, dy.length) == g) {
                        dx[i] = gamma(c) * inverse[g][c] * (dy[i] - sum / count - normalized[i] * product / count);
                    }
                }
                if (parameters.values.containsKey(name + ".weight")) {
                    parameters.gradients.get(name + ".weight")[c] += product;
                    parameters.gradients.get(name + ".bias")[c] += sum;
                }
            }
        }
        return dx;
    }

    public double rows(int group) {
        return rowsOfGroup[group][0];
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
