package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                new ConvolutionGeometry(3, 2, 4, 18, 3, 1, 4),
                new ConvolutionGeometry(2, 2, 40, 80, 3, 2, 1),
                new ConvolutionGeometry(1, 1, 20, 24, 3, 1, 1),
                new ConvolutionGeometry(5, 5, 32, 64, 3, 1, 0),
                new ConvolutionGeometry(4, 4, 130, 20, 3, 1, 1),
                new ConvolutionGeometry(14, 15, 16, 128, 1, 1, 0));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void isTheFormulaInItsOrder(ConvolutionGeometry geometry) {
        for (Tiles tiles : new Tiles[] {new PlainTiles(), new VectorTiles()}) {
            assertFormula(geometry, tiles, 1);
        }
    }

    /** More threads than there are panels share the pixels, and the rows of a filter. */
    @ParameterizedTest
    @MethodSource("geometries")
    void threadsChangeNoBit(ConvolutionGeometry geometry) {
        for (int threads : new int[] {2, 3, 7}) {
            assertFormula(geometry, new VectorTiles(), threads);
        }
    }

    private static void assertFormula(ConvolutionGeometry geometry, Tiles tiles, int threads) {
        Random random = new Random(geometry.hashCode());
        WeightOrder order = WeightOrder.of(geometry);
        try (IntraOpThreads team = new IntraOpThreads(threads)) {
            PortableConvolution convolution =
                    new PortableConvolution(geometry, MOST, new PortableScratch(), tiles, team);
            for (int examples : new int[] {MOST, 1, 0, 2}) {
                float[] x = numbers(random, examples * geometry.inputSize());
                float[] dy = numbers(random, examples * geometry.outputSize());
                float[] w = numbers(random, OFFSET + geometry.weightsSize());
                float[] y = new float[dy.length];
                float[] dx = new float[x.length];
                float[] dw = numbers(random, w.length);
                float[] expected = dw.clone();
                Arrays.fill(expected, OFFSET, expected.length, 0);
                float[] ordered = w.clone();
                order.fromFileOrder(Arrays.copyOfRange(w, OFFSET, w.length), ordered, OFFSET);
                convolution.forward(x, examples, ordered, OFFSET, y);
                convolution.backward(dy, ordered, OFFSET, dx);
                convolution.weightsGradient(dw, OFFSET);
                System.arraycopy(order.inFileOrder(dw, OFFSET), 0, dw, OFFSET, order.size());
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

    private static int weight(ConvolutionGeometry g, int o, int i, int ky, int kx) {
        return OFFSET + ((o * g.inputChannels() + i) * g.kernel() + ky) * g.kernel() + kx;
    }

    private static boolean isIn(int place, int size) {
        return place >= 0 && place < size;
    }

    /** Where an input pixel's channels begin, of an output pixel and a tap; or −1, beyond the border. */
    private static int inputAt(ConvolutionGeometry g, int pixel, int ky, int kx) {
        int h = pixel / g.outputWidth() % g.outputHeight() * g.stride() + ky - g.padding();
        int w = pixel % g.outputWidth() * g.stride() + kx - g.padding();
        int n = pixel / g.outputWidth() / g.outputHeight();
        return isIn(h, g.height()) && isIn(w, g.width())
                ? ((n * g.height() + h) * g.width() + w) * g.inputChannels()
                : -1;
    }

    /** A sum of chains. */
    private static final class Chains {
        private final int most;
        private float sum;
        private float chain;
        private int length;

        Chains(int most) {
            this.most = most;
        }

        void add(float a, float b) {
            chain = Math.fma(a, b, chain);
            length++;
            if (length == most) {
                end();
            }
        }

        void end() {
            sum += chain;
            chain = 0;
            length = 0;
        }
    }

    private static float[] forward(ConvolutionGeometry g, float[] x, float[] w, int examples) {
        float[] y = new float[examples * g.outputSize()];
        for (int p = 0; p < y.length; p++) {
            Chains chains = new Chains(128);
            for (int ky = 0; ky < g.kernel(); ky++) {
                for (int kx = 0; kx < g.kernel(); kx++) {
                    int at = inputAt(g, p / g.outputChannels(), ky, kx);
                    for (int i = 0; at >= 0 && i < g.inputChannels(); i++) {
                        chains.add(x[at + i], w[weight(g, p % g.outputChannels(), i, ky, kx)]);
                    }
                }
                chains.end();
            }
            y[p] = chains.sum;
        }
        return y;
    }

    /** Where an output pixel's channels begin, of an input pixel and a tap; or −1. */
    private static int outputAt(ConvolutionGeometry g, int pixel, int ky, int kx) {
        int h = pixel / g.width() % g.height() + g.padding() - ky;
        int w = pixel % g.width() + g.padding() - kx;
        int n = pixel / g.width() / g.height();
        boolean isMet = h % g.stride() == 0
                && w % g.stride() == 0
                && isIn(h / g.stride(), g.outputHeight())
                && isIn(w / g.stride(), g.outputWidth())
                && h >= 0
                && w >= 0;
        return isMet
                ? ((n * g.outputHeight() + h / g.stride()) * g.outputWidth() + w / g.stride()) * g.outputChannels()
                : -1;
    }

    private static float[] backward(ConvolutionGeometry g, float[] dy, float[] w, int examples) {
        float[] dx = new float[examples * g.inputSize()];
        for (int p = 0; p < dx.length; p++) {
            Chains chains = new Chains(128);
            for (int ky = g.kernel() - 1; ky >= 0; ky--) {
                for (int kx = g.kernel() - 1; kx >= 0; kx--) {
                    int at = outputAt(g, p / g.inputChannels(), ky, kx);
                    for (int o = 0; at >= 0 && o < g.outputChannels(); o++) {
                        chains.add(dy[at + o], w[weight(g, o, p % g.inputChannels(), ky, kx)]);
                    }
                }
                chains.end();
            }
            dx[p] = chains.sum;
        }
        return dx;
    }

    /** Output pixels by which taps they meet, in the order in which such are first seen. */
    private static Collection<List<Integer>> classes(ConvolutionGeometry g, int examples) {
        Map<String, List<Integer>> classes = new LinkedHashMap<>();
        for (int p = 0; p < examples * g.outputHeight() * g.outputWidth(); p++) {
            StringBuilder met = new StringBuilder();
            for (int tap = 0; tap < g.kernel() * g.kernel(); tap++) {
                met.append(inputAt(g, p, tap / g.kernel(), tap % g.kernel()) >= 0);
            }
            classes.computeIfAbsent(met.toString(), m -> new ArrayList<>()).add(p);
        }
        return classes.values();
    }

    private static void addGradient(ConvolutionGeometry g, float[] x, float[] dy, float[] dw, int examples) {
        Collection<List<Integer>> classes = classes(g, examples);
        for (int i = 0; i < g.weightsSize(); i++) {
            int o = i / (g.inputChannels() * g.kernel() * g.kernel());
            int channel = i / (g.kernel() * g.kernel()) % g.inputChannels();
            int ky = i / g.kernel() % g.kernel();
            int kx = i % g.kernel();
            Chains chains = new Chains(96);
            for (List<Integer> pixels : classes) {
                for (int p : pixels) {
                    int at = inputAt(g, p, ky, kx);
                    if (at >= 0) {
                        chains.add(x[at + channel], dy[p * g.outputChannels() + o]);
                    }
                }
                chains.end();
            }
            dw[OFFSET + i] += chains.sum;
        }
    }
}
