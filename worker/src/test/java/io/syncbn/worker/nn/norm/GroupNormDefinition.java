package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.Shape;

/** By the book: two passes over the numbers of each example's groups. */
final class GroupNormDefinition {
    private final Shape shape;
    private final int perGroup;
    private final double epsilon;
    private final double[] gamma;
    private final double[] beta;
    private double[] normalized;
    private double[] inverse;
    double[] dx;
    double[] dGamma;
    double[] dBeta;

    GroupNormDefinition(Shape shape, int groups, double epsilon, double[] gamma, double[] beta) {
        this.epsilon = epsilon;
        this.shape = shape;
        this.perGroup = shape.channels() / groups;
        this.gamma = gamma;
        this.beta = beta;
    }

    double[] forward(double[] x) {
        normalized = new double[x.length];
        inverse = new double[x.length];
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double mean = 0;
            double variance = 0;
            int[] peers = peers(i);
            for (int j : peers) {
                mean += x[j] / peers.length;
            }
            for (int j : peers) {
                variance += (x[j] - mean) * (x[j] - mean) / peers.length;
            }
            inverse[i] = 1 / Math.sqrt(variance + epsilon);
            normalized[i] = (x[i] - mean) * inverse[i];
            y[i] = gamma[i % gamma.length] * normalized[i] + beta[i % beta.length];
        }
        return y;
    }

    void backward(double[] dy) {
        dx = new double[dy.length];
        dGamma = new double[gamma.length];
        dBeta = new double[gamma.length];
        for (int i = 0; i < dy.length; i++) {
            dGamma[i % gamma.length] += dy[i] * normalized[i];
            dBeta[i % gamma.length] += dy[i];
            int[] peers = peers(i);
            double sum = 0;
            double product = 0;
            for (int j : peers) {
                sum += gamma[j % gamma.length] * dy[j];
                product += gamma[j % gamma.length] * dy[j] * normalized[j];
            }
            dx[i] = inverse[i]
                    * (gamma[i % gamma.length] * dy[i] - sum / peers.length - normalized[i] * product / peers.length);
        }
    }

    /** The numbers that share statistics with one. */
    private int[] peers(int i) {
        int example = i / shape.size() * shape.size();
        int group = i % shape.channels() / perGroup;
        int[] peers = new int[shape.pixels() * perGroup];
        for (int k = 0; k < peers.length; k++) {
            peers[k] = example + k / perGroup * shape.channels() + group * perGroup + k % perGroup;
        }
        return peers;
    }
}
