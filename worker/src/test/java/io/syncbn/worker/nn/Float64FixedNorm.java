package io.syncbn.worker.nn;

import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;

/** Normalization by statistics that do not depend on x, as evaluation and frozen batch normalization have it. */
public final class Float64FixedNorm implements Twin {
    private final Parameters parameters;
    private final String name;
    private final double[] means;
    private final double[] variances;
    private final double epsilon;
    private double[] normalized;

    /** @param means of each channel */
    public Float64FixedNorm(Parameters parameters, String name, double[] means, double[] variances, double epsilon) {
        this.parameters = parameters;
        this.name = name;
        this.means = means;
        this.variances = variances;
        this.epsilon = epsilon;
    }

    @Override
    public double[] forward(double[] x) {
        normalized = new double[x.length];
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i % means.length;
            normalized[i] = (x[i] - means[c]) / deviation(c);
            y[i] = gamma(c) * normalized[i] + parameters.values.get(name + ".bias")[c];
        }
        return y;
    }

    @Override
    public double[] backward(double[] dy) {
        double[] dx = new double[dy.length];
        for (int i = 0; i < dy.length; i++) {
            int c = i % means.length;
            dx[i] = dy[i] * gamma(c) / deviation(c);
            parameters.gradients.get(name + ".weight")[c] += dy[i] * normalized[i];
            parameters.gradients.get(name + ".bias")[c] += dy[i];
        }
        return dx;
    }

    private double gamma(int c) {
        return parameters.values.get(name + ".weight")[c];
    }

    private double deviation(int c) {
        return Math.sqrt(variances[c] + epsilon);
    }
}
