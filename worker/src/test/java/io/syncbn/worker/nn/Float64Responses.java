package io.syncbn.worker.nn;

import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Normalizations that do not subtract the mean, or have an activation of their own, by their definitions. */
public final class Float64Responses {
    private Float64Responses() {}

    /** What has a scale, and a shift if there is one, for each channel, and groups of channels of one example. */
    private abstract static class Layer implements Twin {
        final Parameters parameters;
        final String name;
        final Shape shape;
        double[] input;

        Layer(Parameters parameters, String name, Shape shape) {
            this.parameters = parameters;
            this.name = name;
            this.shape = shape;
        }

        final double parameter(String suffix, int i) {
            double[] values = parameters.values.get(name + suffix);
            return values == null ? 0 : values[i % shape.channels()];
        }

        final void add(String suffix, int i, double gradient) {
            if (parameters.gradients.containsKey(name + suffix)) {
                parameters.gradients.get(name + suffix)[i % shape.channels()] += gradient;
            }
        }

        /** The numbers of the same example in the same group of so many channels. */
        final List<Integer> peers(int i, int width) {
            List<Integer> peers = new ArrayList<>();
            int example = i / shape.size() * shape.size();
            for (int j = example; j < example + shape.size(); j++) {
                if (j % shape.channels() / width == i % shape.channels() / width) {
                    peers.add(j);
                }
            }
            return peers;
        }

        final double mean(List<Integer> peers, double[] values) {
            return peers.stream().mapToDouble(j -> values[j]).average().orElseThrow();
        }
    }

    /** γ·x/√(mean x² + ε) + β. */
    public static Twin rootMeanSquare(Parameters parameters, String name, Shape shape, int width, double epsilon) {
        return new Layer(parameters, name, shape) {
            private double inverse(int i) {
                return 1
                        / Math.sqrt(peers(i, width).stream()
                                        .mapToDouble(j -> input[j] * input[j])
                                        .average()
                                        .orElseThrow()
                                + epsilon);
            }

            @Override
            public double[] forward(double[] x) {
                input = x;
                double[] y = new double[x.length];
                Arrays.setAll(y, i -> parameter(".weight", i) * x[i] * inverse(i) + parameter(".bias", i));
                return y;
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = new double[dy.length];
                for (int i = 0; i < dy.length; i++) {
                    double inverse = inverse(i);
                    add(".weight", i, dy[i] * input[i] * inverse);
                    add(".bias", i, dy[i]);
                    double mean = peers(i, width).stream()
                            .mapToDouble(j -> parameter(".weight", j) * dy[j] * input[j])
                            .average()
                            .orElseThrow();
                    dx[i] = inverse * parameter(".weight", i) * dy[i] - inverse * inverse * inverse * input[i] * mean;
                }
                return dx;
            }
        };
    }

    /** max(y, τ) = relu(y − τ) + τ. */
    public static Twin threshold(Parameters parameters, String name, Shape shape, Twin relu) {
        return new Layer(parameters, name, shape) {
            @Override
            public double[] forward(double[] x) {
                double[] above = new double[x.length];
                Arrays.setAll(above, i -> x[i] - parameter(".tau", i));
                double[] z = relu.forward(above).clone();
                Arrays.setAll(z, i -> z[i] + parameter(".tau", i));
                return z;
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = relu.backward(dy);
                for (int i = 0; i < dy.length; i++) {
                    add(".tau", i, dy[i] - dx[i]);
                }
                return dx;
            }
        };
    }

    /** γ·x·sigmoid(v·x)/√(var + ε) + β. */
    public static Twin evoNorm(Parameters parameters, String name, Shape shape, int width, double epsilon) {
        return new Layer(parameters, name, shape) {
            private double sigmoid(int i) {
                return 1 / (1 + Math.exp(-parameter(".v", i) * input[i]));
            }

            private double inverse(List<Integer> peers) {
                double mean = mean(peers, input);
                return 1
                        / Math.sqrt(peers.stream()
                                        .mapToDouble(j -> (input[j] - mean) * (input[j] - mean))
                                        .average()
                                        .orElseThrow()
                                + epsilon);
            }

            @Override
            public double[] forward(double[] x) {
                input = x;
                double[] y = new double[x.length];
                Arrays.setAll(
                        y,
                        i -> parameter(".weight", i) * x[i] * sigmoid(i) * inverse(peers(i, width))
                                + parameter(".bias", i));
                return y;
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = new double[dy.length];
                for (int i = 0; i < dy.length; i++) {
                    List<Integer> peers = peers(i, width);
                    double s = inverse(peers);
                    double x = input[i];
                    double slope = sigmoid(i) * (1 - sigmoid(i));
                    add(".bias", i, dy[i]);
                    add(".weight", i, dy[i] * x * sigmoid(i) * s);
                    add(".v", i, dy[i] * parameter(".weight", i) * s * x * x * slope);
                    double through = peers.stream()
                            .mapToDouble(j -> dy[j] * parameter(".weight", j) * input[j] * sigmoid(j))
                            .average()
                            .orElseThrow();
                    dx[i] = dy[i] * parameter(".weight", i) * s * (sigmoid(i) + parameter(".v", i) * x * slope)
                            - s * s * s * (x - mean(peers, input)) * through;
                }
                return dx;
            }
        };
    }

    /** γ·x + β. */
    public static Twin line(Parameters parameters, String name, Shape shape) {
        return new Layer(parameters, name, shape) {
            @Override
            public double[] forward(double[] x) {
                input = x;
                double[] y = new double[x.length];
                Arrays.setAll(y, i -> parameter(".weight", i) * x[i] + parameter(".bias", i));
                return y;
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = new double[dy.length];
                for (int i = 0; i < dy.length; i++) {
                    add(".weight", i, dy[i] * input[i]);
                    add(".bias", i, dy[i]);
                    dx[i] = parameter(".weight", i) * dy[i];
                }
                return dx;
            }
        };
    }
}
