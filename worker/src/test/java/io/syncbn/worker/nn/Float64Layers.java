package io.syncbn.worker.nn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;

/**
 * The layers once more: over float64, with the whole global batch in one array, in the dumbest loops that are right. The
 * oracle of the parity tests.
 */
public final class Float64Layers {
    private Float64Layers() {}

    public interface Twin {
        /** x is N × H × W × C. */
        double[] forward(double[] x);

        double[] backward(double[] dy);
    }

    /** Parameters by name, and their gradients. */
    public static final class Parameters {
        public final Map<String, double[]> values = new HashMap<>();
        public final Map<String, double[]> gradients = new HashMap<>();

        public void put(String name, double[] value) {
            values.put(name, value);
            gradients.put(name, new double[value.length]);
        }

        public static Parameters of(Replica replica) {
            Parameters parameters = new Parameters();
            for (ParameterLayout.Entry entry : replica.parameters().entries()) {
                float[] slice = entry.read(replica.weights());
                double[] value = new double[slice.length];
                Arrays.setAll(value, i -> slice[i]);
                parameters.put(entry.name(), value);
            }
            return parameters;
        }
    }

    public static Twin sequence(Twin... layers) {
        return new Twin() {
            @Override
            public double[] forward(double[] x) {
                double[] y = x;
                for (Twin layer : layers) {
                    y = layer.forward(y);
                }
                return y;
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = dy;
                for (int i = layers.length - 1; i >= 0; i--) {
                    dx = layers[i].backward(dx);
                }
                return dx;
            }
        };
    }

    /** relu(main + shortcut). */
    public static Twin residual(Twin main, Twin shortcut) {
        return sequence(sum(main, shortcut), relu());
    }

    /** main + shortcut. */
    public static Twin sum(Twin main, Twin shortcut) {
        return new Twin() {
            @Override
            public double[] forward(double[] x) {
                return plus(main.forward(x), shortcut.forward(x));
            }

            @Override
            public double[] backward(double[] dy) {
                return plus(main.backward(dy), shortcut.backward(dy));
            }
        };
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = new double[a.length];
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }

    public static Twin relu() {
        return new Twin() {
            private double[] input;

            @Override
            public double[] forward(double[] x) {
                input = x;
                return Arrays.stream(x).map(v -> v > 0 ? v : 0).toArray();
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = new double[dy.length];
                Arrays.setAll(dx, i -> input[i] > 0 ? dy[i] : 0);
                return dx;
            }
        };
    }

    /** Multiplies number i by factor(i). */
    public static Twin times(IntToDoubleFunction factor) {
        return new Twin() {
            @Override
            public double[] forward(double[] x) {
                double[] y = new double[x.length];
                Arrays.setAll(y, i -> x[i] * factor.applyAsDouble(i));
                return y;
            }

            @Override
            public double[] backward(double[] dy) {
                return forward(dy);
            }
        };
    }

    /** A linear map given by what it does with each (output, input, weight, bias) path: convolution, dense, averaging. */
    private abstract static class Paths implements Twin {
        interface Visitor {
            /** @param weight place in the weights, or −1 for the constant factor */
            void path(int output, int input, int weight);
        }

        private final Parameters parameters;
        private final String name;
        private final double factor;
        private double[] input;

        Paths(Parameters parameters, String name, double factor) {
            this.parameters = parameters;
            this.name = name;
            this.factor = factor;
        }

        abstract int outputSize(int inputSize);

        abstract void visit(int inputSize, Visitor visitor);

        @Override
        public double[] forward(double[] x) {
            input = x;
            double[] y = new double[outputSize(x.length)];
            double[] weights = weights(each -> each.values);
            visit(x.length, (out, in, weight) -> y[out] += x[in] * (weight < 0 ? factor : weights[weight]));
            double[] bias = name == null ? null : parameters.values.get(name + ".bias");
            if (bias != null) {
                Arrays.setAll(y, i -> y[i] + bias[i % bias.length]);
            }
            return y;
        }

        @Override
        public double[] backward(double[] dy) {
            double[] dx = new double[input.length];
            double[] weights = weights(each -> each.values);
            double[] gradient = weights(each -> each.gradients);
            visit(input.length, (out, in, weight) -> {
                dx[in] += dy[out] * (weight < 0 ? factor : weights[weight]);
                if (weight >= 0) {
                    gradient[weight] += dy[out] * input[in];
                }
            });
            double[] db = name == null ? null : parameters.gradients.get(name + ".bias");
            if (db != null) {
                for (int i = 0; i < dy.length; i++) {
                    db[i % db.length] += dy[i];
                }
            }
            return dx;
        }

        /** Or their gradient; null where there are none. */
        private double[] weights(Function<Parameters, Map<String, double[]>> from) {
            return name == null ? null : from.apply(parameters).get(name + ".weight");
        }
    }

    public static Twin convolution(Parameters parameters, String name, Shape in, int out, int k, int stride, int pad) {
        int height = (in.height() + 2 * pad - k) / stride + 1;
        int width = (in.width() + 2 * pad - k) / stride + 1;
        return new Paths(parameters, name, 0) {
            @Override
            int outputSize(int inputSize) {
                return inputSize / in.size() * height * width * out;
            }

            @Override
            void visit(int inputSize, Visitor visitor) {
                for (int n = 0; n < inputSize / in.size(); n++)
                    for (int y = 0; y < height; y++)
                        for (int x = 0; x < width; x++)
                            for (int o = 0; o < out; o++)
                                for (int i = 0; i < in.channels(); i++)
                                    for (int ky = 0; ky < k; ky++)
                                        for (int kx = 0; kx < k; kx++) {
                                            int row = y * stride - pad + ky;
                                            int column = x * stride - pad + kx;
                                            if (row >= 0 && row < in.height() && column >= 0 && column < in.width()) {
                                                visitor.path(
                                                        ((n * height + y) * width + x) * out + o,
                                                        ((n * in.height() + row) * in.width() + column) * in.channels()
                                                                + i,
                                                        ((o * in.channels() + i) * k + ky) * k + kx);
                                            }
                                        }
            }
        };
    }

    public static Twin dense(Parameters parameters, String name, int inputs, int outputs) {
        return convolution(parameters, name, Shape.flat(inputs), outputs, 1, 1, 0);
    }

    public static Twin averagePool(Shape in, int windowHeight, int windowWidth, int stride) {
        int height = (in.height() - windowHeight) / stride + 1;
        int width = (in.width() - windowWidth) / stride + 1;
        return new Paths(null, null, 1.0 / (windowHeight * windowWidth)) {
            @Override
            int outputSize(int inputSize) {
                return inputSize / in.size() * height * width * in.channels();
            }

            @Override
            void visit(int inputSize, Visitor visitor) {
                for (int n = 0; n < inputSize / in.size(); n++)
                    for (int y = 0; y < height; y++)
                        for (int x = 0; x < width; x++)
                            for (int c = 0; c < in.channels(); c++)
                                for (int ky = 0; ky < windowHeight; ky++)
                                    for (int kx = 0; kx < windowWidth; kx++) {
                                        visitor.path(
                                                ((n * height + y) * width + x) * in.channels() + c,
                                                ((n * in.height() + y * stride + ky) * in.width() + x * stride + kx)
                                                                * in.channels()
                                                        + c,
                                                -1);
                                    }
            }
        };
    }

    public static Twin flatten(Shape in) {
        return new Paths(null, null, 1) {
            @Override
            int outputSize(int inputSize) {
                return inputSize;
            }

            @Override
            void visit(int inputSize, Visitor visitor) {
                for (int n = 0; n < inputSize / in.size(); n++)
                    for (int pixel = 0; pixel < in.pixels(); pixel++)
                        for (int c = 0; c < in.channels(); c++) {
                            visitor.path(
                                    n * in.size() + c * in.pixels() + pixel,
                                    n * in.size() + pixel * in.channels() + c,
                                    -1);
                        }
            }
        };
    }

    public static Twin maxPool(Shape in, int size, int stride, int pad) {
        int height = (in.height() + 2 * pad - size) / stride + 1;
        int width = (in.width() + 2 * pad - size) / stride + 1;
        return new Twin() {
            private int[] from;
            private int inputLength;

            @Override
            public double[] forward(double[] x) {
                inputLength = x.length;
                double[] y = new double[x.length / in.size() * height * width * in.channels()];
                from = new int[y.length];
                for (int i = 0; i < y.length; i++) {
                    int c = i % in.channels();
                    int column = i / in.channels() % width;
                    int row = i / in.channels() / width % height;
                    int n = i / in.channels() / width / height;
                    y[i] = Double.NEGATIVE_INFINITY;
                    for (int r = row * stride - pad; r < row * stride - pad + size; r++)
                        for (int q = column * stride - pad; q < column * stride - pad + size; q++) {
                            if (r >= 0 && r < in.height() && q >= 0 && q < in.width()) {
                                int place = ((n * in.height() + r) * in.width() + q) * in.channels() + c;
                                if (x[place] > y[i]) {
                                    y[i] = x[place];
                                    from[i] = place;
                                }
                            }
                        }
                }
                return y;
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = new double[inputLength];
                for (int i = 0; i < dy.length; i++) {
                    dx[from[i]] += dy[i];
                }
                return dx;
            }
        };
    }
}
