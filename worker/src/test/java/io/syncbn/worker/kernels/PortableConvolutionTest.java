package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our own kernels against loops over the formula in the written order: equal to the bit. */
class PortableConvolutionTest {
    private static final int OFFSET = 5;
    private static final int MOST = 3;

    static Stream<ConvolutionGeometry> geometries() {
        return Stream.of(
                new ConvolutionGeometry(1, 1, 1, 1, 1, 1, 0),
                new ConvolutionGeometry(1, 1, 64, 10, 1, 1, 0),
                new ConvolutionGeometry(6, 6, 16, 16, 3, 1, 1),
                new ConvolutionGeometry(9, 7, 3, 17, 3, 1, 1),
                new ConvolutionGeometry(9, 8, 10, 33, 3, 2, 1),
                new ConvolutionGeometry(8, 8, 33, 48, 1, 2, 0),
                new ConvolutionGeometry(7, 7, 17, 3, 5, 1, 2),
                new ConvolutionGeometry(11, 13, 3, 64, 7, 2, 3),
                new ConvolutionGeometry(10, 10, 5, 6, 2, 3, 0),
                new ConvolutionGeometry(1, 1, 20, 24, 3, 1, 1),
                new ConvolutionGeometry(5, 5, 32, 64, 3, 1, 0));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void isTheFormulaInItsOrder(ConvolutionGeometry geometry) {
        Random random = new Random(geometry.hashCode());
        for (Tiles tiles : new Tiles[] {new PlainTiles(), new VectorTiles()}) {
            PortableConvolution convolution = new PortableConvolution(geometry, MOST, new PortableScratch(), tiles);
            for (int examples : new int[] {MOST, 1, 0, 2}) {
                float[] x = numbers(random, examples * geometry.inputSize());
                float[] dy = numbers(random, examples * geometry.outputSize());
                float[] w = numbers(random, OFFSET + geometry.weightsSize());
                float[] y = new float[dy.length];
                float[] dx = new float[x.length];
                float[] dw = numbers(random, w.length);
                float[] expected = dw.clone();
                convolution.forward(x, examples, w, OFFSET, y);
                convolution.backward(dy, w, OFFSET, dx);
                convolution.addWeightsGradient(dw, OFFSET);
                assertThat(y).as("y of %d", examples).isEqualTo(forward(geometry, x, w, examples));
                assertThat(dx).as("dx of %d", examples).isEqualTo(backward(geometry, dy, w, examples));
                addGradient(geometry, x, dy, expected, examples);
                assertThat(dw).as("dw of %d", examples).isEqualTo(expected);
            }
        }
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }

    private static float at(float[] a, ConvolutionGeometry g, int n, int h, int w, int c) {
        return h < 0 || w < 0 || h >= g.height() || w >= g.width()
                ? 0
                : a[((n * g.height() + h) * g.width() + w) * g.inputChannels() + c];
    }

    private static int weight(ConvolutionGeometry g, int o, int i, int ky, int kx) {
        return OFFSET + ((o * g.inputChannels() + i) * g.kernel() + ky) * g.kernel() + kx;
    }

    private static float[] forward(ConvolutionGeometry g, float[] x, float[] w, int examples) {
        float[] y = new float[examples * g.outputSize()];
        for (int p = 0; p < y.length; p++) {
            int o = p % g.outputChannels();
            int column = p / g.outputChannels() % g.outputWidth();
            int row = p / g.outputChannels() / g.outputWidth() % g.outputHeight();
            int n = p / g.outputSize();
            float sum = 0;
            for (int ky = 0; ky < g.kernel(); ky++) {
                for (int kx = 0; kx < g.kernel(); kx++) {
                    for (int i = 0; i < g.inputChannels(); i++) {
                        float value = at(
                                x,
                                g,
                                n,
                                row * g.stride() + ky - g.padding(),
                                column * g.stride() + kx - g.padding(),
                                i);
                        sum = Math.fma(value, w[weight(g, o, i, ky, kx)], sum);
                    }
                }
            }
            y[p] = sum;
        }
        return y;
    }

    private static float[] backward(ConvolutionGeometry g, float[] dy, float[] w, int examples) {
        float[] dx = new float[examples * g.inputSize()];
        for (int p = 0; p < dx.length; p++) {
            int i = p % g.inputChannels();
            int column = p / g.inputChannels() % g.width();
            int row = p / g.inputChannels() / g.width() % g.height();
            int n = p / g.inputSize();
            float sum = 0;
            for (int ky = g.kernel() - 1; ky >= 0; ky--) {
                for (int kx = g.kernel() - 1; kx >= 0; kx--) {
                    int h = row + g.padding() - ky;
                    int v = column + g.padding() - kx;
                    if (h % g.stride() == 0 && v % g.stride() == 0) {
                        for (int o = 0; o < g.outputChannels(); o++) {
                            sum = Math.fma(
                                    gradient(dy, g, n, h / g.stride(), v / g.stride(), o),
                                    w[weight(g, o, i, ky, kx)],
                                    sum);
                        }
                        sum += g.outputChannels() % Tiles.BLOCK == 0 ? 0 : 0f; // −0 + 0
                    }
                }
            }
            dx[p] = sum;
        }
        return dx;
    }

    private static float gradient(float[] dy, ConvolutionGeometry g, int n, int h, int w, int c) {
        return h < 0 || w < 0 || h >= g.outputHeight() || w >= g.outputWidth()
                ? 0
                : dy[((n * g.outputHeight() + h) * g.outputWidth() + w) * g.outputChannels() + c];
    }

    private static void addGradient(ConvolutionGeometry g, float[] x, float[] dy, float[] dw, int examples) {
        for (int o = 0; o < g.outputChannels(); o++) {
            for (int i = 0; i < g.inputChannels(); i++) {
                for (int ky = 0; ky < g.kernel(); ky++) {
                    for (int kx = 0; kx < g.kernel(); kx++) {
                        float sum = 0;
                        for (int p = 0; p < examples * g.outputHeight() * g.outputWidth(); p++) {
                            int n = p / (g.outputHeight() * g.outputWidth());
                            int row = p / g.outputWidth() % g.outputHeight();
                            int column = p % g.outputWidth();
                            float value = at(
                                    x,
                                    g,
                                    n,
                                    row * g.stride() + ky - g.padding(),
                                    column * g.stride() + kx - g.padding(),
                                    i);
                            sum = Math.fma(value, dy[p * g.outputChannels() + o], sum);
                        }
                        dw[weight(g, o, i, ky, kx)] += sum;
                    }
                }
            }
        }
    }
}
