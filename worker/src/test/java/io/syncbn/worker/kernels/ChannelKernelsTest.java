package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two implementations against each other, bit by bit, and the plain one against its formulas. */
class ChannelKernelsTest {
    private static final int GUARD = 5;
    private static final float UNTOUCHED = -77;

    private final ChannelKernels plain = new PlainKernels();
    private final ChannelKernels simd = new SimdKernels();

    @Test
    void theVectorModuleIsUsedWhenItIsThere() {
        assertThat(ChannelKernels.fastest()).isInstanceOf(WarmingKernels.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 16",
        "1, 1",
        "1, 8",
        "7, 3",
        "50, 10",
        "3, 16",
        "129, 16",
        "33, 17",
        "64, 31",
        "20, 32",
        "5, 47",
        "9, 64",
        "2, 130",
        "1000, 16",
        "70, 1030"
    })
    void equalBits(int rows, int channels) {
        int first = rows % 3;
        int size = (first + rows) * channels;
        Rows some = new Rows(first, rows, channels);
        float[] x = random(1, size, 1e3f);
        float[] dy = random(2, size, 1);
        float[] y = random(3, size, 1);
        float[] pivot = random(4, channels, 1e3f);
        float[] a = random(5, channels, 1);
        float[] b = random(6, channels, 1);
        float[] c = random(7, channels, 1);
        double[] mean = new double[channels];
        for (int i = 0; i < channels; i++) {
            mean[i] = pivot[i] + 1e-6;
        }
        assertEqualDoubles(kernels -> {
            double[] sums = doubles(channels);
            double[] squares = doubles(channels);
            kernels.moments(x, some, sums, squares);
            return new double[][] {sums, squares};
        });
        for (float[] mask : new float[][] {null, y}) {
            assertEqualDoubles(kernels -> {
                double[] sums = doubles(channels);
                double[] products = doubles(channels);
                kernels.gradientMoments(dy, x, mask, some, mean, sums, products);
                return new double[][] {sums, products};
            });
            assertEqualFloats(
                    size,
                    (kernels, out) -> kernels.normalizeGradient(dy, x, mask, out, some, a, new Transform(pivot, b, c)));
        }
        for (boolean relu : new boolean[] {false, true}) {
            assertEqualFloats(
                    size, (kernels, out) -> kernels.normalize(x, out, some, new Transform(pivot, a, b), relu));
        }
        assertEqualFloats(
                size, (kernels, out) -> kernels.normalizeAddRelu(x, dy, out, some, new Transform(pivot, a, b)));
        assertEqualFloats(size, (kernels, out) -> kernels.relu(y, out, size));
        assertEqualFloats(size, (kernels, out) -> kernels.reluGradient(dy, y, out, size));
        assertEqualFloats(size, (kernels, out) -> kernels.add(dy, y, out, size));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void oneNumberThatIsNotFiniteIsFound(float wrong) {
        for (ChannelKernels kernels : List.of(plain, simd)) {
            for (int size : new int[] {0, 1, 7, 8, 9, 64, 67}) {
                float[] x = random(8, size + 1, Float.MAX_VALUE / 8);
                x[size] = wrong;
                assertThat(kernels.allFinite(x, size)).isTrue();
                for (int i = 0; i < size; i++) {
                    float right = x[i];
                    x[i] = wrong;
                    assertThat(kernels.allFinite(x, size)).isFalse();
                    x[i] = right;
                }
            }
        }
    }

    /** Small numbers beside large ones; parts of arrays that no vector fills, and some of several tiles. */
    @Test
    void normsAreThoseOfFloat64() {
        Random random = new Random(5);
        for (int length : new int[] {0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 1023, 1024, 1030, 5000}) {
            int from = random.nextInt(20);
            float[] x = new float[from + length + 3];
            double expected = 0;
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-2, 2)));
                expected += i < from || i >= from + length ? 0 : (double) x[i] * x[i];
            }
            double norm = plain.squaredNorm(x, from, from + length);
            assertThat(norm).as("%d numbers", length).isCloseTo(expected, within(1e-14 * expected));
            assertThat(simd.squaredNorm(x, from, from + length))
                    .as("%d numbers", length)
                    .isEqualTo(norm);
        }
    }

    @Test
    void formulas() {
        float[] x = {1, -2, 3, 4};
        float[] y = {1, 0, 1, 1};
        float[] dy = {10, 20, 30, 40};
        double[] sums = new double[2];
        double[] others = new double[2];
        Rows rows = new Rows(0, 2, 2);
        for (ChannelKernels kernels : new ChannelKernels[] {plain, simd}) {
            kernels.moments(x, rows, sums, others);
            assertThat(sums).containsExactly(4, 2);
            assertThat(others).containsExactly(10, 20);
            kernels.gradientMoments(dy, x, y, rows, new double[] {2, 1}, sums, others);
            assertThat(sums).containsExactly(40, 40);
            assertThat(others).containsExactly(20, 120);
            Transform transform = new Transform(new float[] {1, 2}, new float[] {2, 3}, new float[] {-1, 0});
            float[] out = new float[4];
            kernels.normalize(x, out, rows, transform, false);
            assertThat(out).containsExactly(-1, -12, 3, 6);
            kernels.normalize(x, out, rows, transform, true);
            assertThat(out).containsExactly(0, 0, 3, 6);
            kernels.normalizeAddRelu(x, dy, out, rows, transform);
            assertThat(out).containsExactly(9, 8, 33, 46);
            kernels.normalizeGradient(dy, x, y, out, rows, new float[] {1, 1}, transform);
            assertThat(out).containsExactly(9, -12, 33, 46);
            kernels.relu(x, out, 4);
            assertThat(out).containsExactly(1, 0, 3, 4);
            kernels.reluGradient(dy, y, out, 4);
            assertThat(out).containsExactly(10, 0, 30, 40);
            kernels.add(x, dy, out, 4);
            assertThat(out).containsExactly(11, 18, 33, 44);
        }
    }

    @Test
    void onlyTheRowsAskedForCount() {
        Rows second = new Rows(1, 1, 8);
        float[] x = random(9, 24, 0);
        double[] sums = new double[8];
        for (ChannelKernels kernels : List.of(plain, simd)) {
            kernels.moments(x, second, sums, new double[8]);
            float[] y = floats(24);
            kernels.normalize(x, y, second, Transform.ofChannels(8), false);
            for (int i = 0; i < 24; i++) {
                boolean asked = i / 8 == 1;
                assertThat(y[i]).isEqualTo(asked ? 0 : UNTOUCHED);
                if (asked) {
                    assertThat(sums[i % 8]).isEqualTo(x[i]);
                }
            }
        }
    }

    @Test
    void divergedNumbersAreNotHidden() {
        float[] x = {Float.NaN, Float.POSITIVE_INFINITY, -1};
        for (ChannelKernels kernels : new ChannelKernels[] {plain, simd}) {
            float[] out = new float[24];
            float[] wide = new float[24];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = x[i % 3];
            }
            kernels.relu(wide, out, wide.length);
            assertThat(out[0]).isNaN();
            assertThat(out[1]).isInfinite();
            assertThat(out[2]).isZero();
        }
    }

    private interface Kernel {
        void run(ChannelKernels kernels, float[] out);
    }

    private void assertEqualFloats(int size, Kernel kernel) {
        float[] expected = floats(size);
        float[] actual = floats(size);
        kernel.run(plain, expected);
        kernel.run(simd, actual);
        assertThat(bits(actual)).isEqualTo(bits(expected));
        for (int i = size; i < size + GUARD; i++) {
            assertThat(actual[i]).as("behind the end").isEqualTo(UNTOUCHED);
        }
    }

    private void assertEqualDoubles(Function<ChannelKernels, double[][]> kernel) {
        double[][] expected = kernel.apply(plain);
        double[][] actual = kernel.apply(simd);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(Double.doubleToRawLongBits(actual[i][j]))
                        .isEqualTo(Double.doubleToRawLongBits(expected[i][j]));
            }
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    /** Outputs hold rubbish before, which must be gone after. */
    private static float[] floats(int size) {
        float[] values = new float[size + GUARD];
        Arrays.fill(values, UNTOUCHED);
        return values;
    }

    private static double[] doubles(int size) {
        double[] values = new double[size];
        Arrays.fill(values, UNTOUCHED);
        return values;
    }

    private static float[] random(long seed, int size, float offset) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = offset + (float) random.nextGaussian();
        }
        return values;
    }
}
