package io.syncbn.worker.models;

import static io.syncbn.worker.nn.Float64Layers.averagePool;
import static io.syncbn.worker.nn.Float64Layers.convolution;
import static io.syncbn.worker.nn.Float64Layers.dense;
import static io.syncbn.worker.nn.Float64Layers.sequence;
import static io.syncbn.worker.nn.Float64Layers.sum;

import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.Shape;
import java.util.Arrays;
import java.util.function.Supplier;

/** Fixup (Zhang et al. 2019) in float64: the layers that it puts in the place of normalizations, and a network of them. */
final class Float64Fixup {
    private Float64Fixup() {}

    /** {@code CifarResNet(8)} with Fixup, on pictures of even size. */
    static Twin resnet8(Parameters p, Shape picture, int classes, Supplier<Twin> relu) {
        Shape wide = new Shape(picture.height(), picture.width(), 16);
        Shape half = new Shape(picture.height() / 2, picture.width() / 2, 32);
        Shape quarter = new Shape(picture.height() / 4, picture.width() / 4, 64);
        return sequence(
                convolution(p, "conv1", picture, 16, 3, 1, 1),
                bias(p, "bias1"),
                relu.get(),
                block(p, "layer1.0.", wide, wide, relu),
                block(p, "layer2.0.", wide, half, relu),
                block(p, "layer3.0.", half, quarter, relu),
                averagePool(quarter, quarter.height(), quarter.width(), 1),
                bias(p, "bias2"),
                dense(p, "fc", 64, classes));
    }

    private static Twin block(Parameters p, String name, Shape input, Shape output, Supplier<Twin> relu) {
        int channels = output.channels();
        int stride = input.height() / output.height();
        Twin main = sequence(
                bias(p, name + "bias1a"),
                convolution(p, name + "conv1", input, channels, 3, stride, 1),
                bias(p, name + "bias1b"),
                relu.get(),
                bias(p, name + "bias2a"),
                convolution(p, name + "conv2", output, channels, 3, 1, 1),
                scale(p, name + "scale"),
                bias(p, name + "bias2b"));
        Twin shortcut =
                sequence(bias(p, name + "bias1a"), averagePool(input, 1, 1, stride), pad(input.channels(), channels));
        return sequence(sum(main, stride == 1 ? sequence() : shortcut), relu.get());
    }

    /** x + b. */
    static Twin bias(Parameters p, String name) {
        return new Twin() {
            @Override
            public double[] forward(double[] x) {
                return Arrays.stream(x)
                        .map(each -> each + p.values.get(name)[0])
                        .toArray();
            }

            @Override
            public double[] backward(double[] dy) {
                p.gradients.get(name)[0] += Arrays.stream(dy).sum();
                return dy;
            }
        };
    }

    /** s·x */
    static Twin scale(Parameters p, String name) {
        return new Twin() {
            private double[] input;

            @Override
            public double[] forward(double[] x) {
                input = x;
                return Arrays.stream(x)
                        .map(each -> each * p.values.get(name)[0])
                        .toArray();
            }

            @Override
            public double[] backward(double[] dy) {
                for (int i = 0; i < dy.length; i++) {
                    p.gradients.get(name)[0] += dy[i] * input[i];
                }
                return forwardOf(dy);
            }

            private double[] forwardOf(double[] dy) {
                return Arrays.stream(dy)
                        .map(each -> each * p.values.get(name)[0])
                        .toArray();
            }
        };
    }

    /** Appends channels of zeros. */
    static Twin pad(int from, int to) {
        return new Twin() {
            @Override
            public double[] forward(double[] x) {
                double[] y = new double[x.length / from * to];
                for (int i = 0; i < x.length; i++) {
                    y[i / from * to + i % from] = x[i];
                }
                return y;
            }

            @Override
            public double[] backward(double[] dy) {
                double[] dx = new double[dy.length / to * from];
                for (int i = 0; i < dx.length; i++) {
                    dx[i] = dy[i / from * to + i % from];
                }
                return dx;
            }
        };
    }
}
