package io.syncbn.worker.nn;

import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import java.util.Arrays;
import java.util.function.Function;

/** Layers on weights that are computed from parameters, by their definitions in float64. */
public final class Float64Weights {
    private static final String LENGTH = ".parametrizations.weight.original0";
    private static final String DIRECTION = ".parametrizations.weight.original1";

    private Float64Weights() {}

    /** Of one output of a layer: its weights from the parameters, and the parameters' gradients from the weights'. */
    private interface Definition {
        double[] weights(double[] v, double g);

        /** Returns dv. */
        double[] gradient(double[] v, double g, double[] dw);
    }

    private static final Definition NORM = new Definition() {
        @Override
        public double[] weights(double[] v, double g) {
            double norm = Math.sqrt(dot(v, v));
            return Arrays.stream(v).map(each -> g * each / norm).toArray();
        }

        @Override
        public double[] gradient(double[] v, double g, double[] dw) {
            double norm = Math.sqrt(dot(v, v));
            double dg = lengthGradient(v, dw);
            double[] dv = new double[v.length];
            Arrays.setAll(dv, i -> g / norm * (dw[i] - dg / norm * v[i]));
            return dv;
        }
    };

    private static final Definition STANDARDIZATION = new Definition() {
        @Override
        public double[] weights(double[] v, double g) {
            double mean = mean(v);
            double deviation = deviation(v);
            return Arrays.stream(v).map(each -> (each - mean) / deviation).toArray();
        }

        private double deviation(double[] v) {
            double mean = mean(v);
            return Math.sqrt(mean(Arrays.stream(v)
                            .map(each -> (each - mean) * (each - mean))
                            .toArray())
                    + 1e-6);
        }

        @Override
        public double[] gradient(double[] v, double g, double[] dw) {
            double[] w = weights(v, g);
            double mean = mean(dw);
            double product = dot(dw, w) / v.length;
            double deviation = deviation(v);
            double[] dv = new double[v.length];
            Arrays.setAll(dv, i -> (dw[i] - mean - w[i] * product) / deviation);
            return dv;
        }
    };

    /**
     * A layer on normalized weights (Salimans &amp; Kingma 2016), w = g·v/‖v‖.
     *
     * @param layer made of the parameters {@code NAME.weight} and {@code NAME.bias}
     */
    public static Twin normalized(Parameters parameters, String name, int outputs, Function<Parameters, Twin> layer) {
        return computed(parameters, name, outputs, NORM, layer);
    }

    /** A layer on standardized weights (Qiao et al. 2019), w = (v − mean)/√(variance + 1e-6), likewise. */
    public static Twin standardized(Parameters parameters, String name, int outputs, Function<Parameters, Twin> layer) {
        return computed(parameters, name, outputs, STANDARDIZATION, layer);
    }

    private static Twin computed(
            Parameters parameters, String name, int outputs, Definition definition, Function<Parameters, Twin> layer) {
        Parameters own = new Parameters();
        Twin inner = layer.apply(own);
        boolean hasLengths = parameters.values.containsKey(name + LENGTH);
        String direction = hasLengths ? name + DIRECTION : name + ".weight";
        return new Twin() {
            @Override
            public double[] forward(double[] x) {
                double[] v = parameters.values.get(direction);
                double[] w = new double[v.length];
                for (int output = 0; output < outputs; output++) {
                    double[] weights = definition.weights(filter(v, output), length(output));
                    System.arraycopy(weights, 0, w, output * weights.length, weights.length);
                }
                own.put(name + ".weight", w);
                if (parameters.values.containsKey(name + ".bias")) {
                    own.values.put(name + ".bias", parameters.values.get(name + ".bias"));
                    own.gradients.put(name + ".bias", parameters.gradients.get(name + ".bias"));
                }
                return inner.forward(x);
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = inner.backward(dy);
                double[] all = parameters.values.get(direction);
                double[] sum = parameters.gradients.get(direction);
                for (int output = 0; output < outputs; output++) {
                    double[] v = filter(all, output);
                    double[] dw = filter(own.gradients.get(name + ".weight"), output);
                    double[] dv = definition.gradient(v, length(output), dw);
                    for (int i = 0; i < dv.length; i++) {
                        sum[output * dv.length + i] += dv[i];
                    }
                    if (hasLengths) {
                        parameters.gradients.get(name + LENGTH)[output] += lengthGradient(v, dw);
                    }
                }
                return dx;
            }

            private double length(int output) {
                return hasLengths ? parameters.values.get(name + LENGTH)[output] : 1;
            }

            private double[] filter(double[] all, int output) {
                int length = all.length / outputs;
                return Arrays.copyOfRange(all, output * length, (output + 1) * length);
            }
        };
    }

    private static double lengthGradient(double[] v, double[] dw) {
        return dot(dw, v) / Math.sqrt(dot(v, v));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
