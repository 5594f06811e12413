package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same numbers from all kernels, and always the same bits from each. That they are the right ones is compared in the
 * tests of the layers.
 */
class LinearKernelsTest {
    private static final int THREADS = 4;
    private static final int REPETITIONS = 50;
    private static final int OFFSET = 3;

    private static final List<ConvolutionGeometry> GEOMETRIES = List.of(
            new ConvolutionGeometry(32, 32, 16, 16, 3, 1, 1),
            new ConvolutionGeometry(9, 7, 3, 16, 3, 1, 1),
            new ConvolutionGeometry(16, 16, 16, 32, 3, 2, 1),
            new ConvolutionGeometry(8, 8, 5, 6, 1, 2, 0),
            new ConvolutionGeometry(28, 28, 1, 6, 5, 1, 2),
            new ConvolutionGeometry(14, 14, 6, 16, 5, 1, 0),
            new ConvolutionGeometry(33, 33, 3, 64, 7, 2, 3),
            new ConvolutionGeometry(1, 1, 20, 24, 3, 1, 1));

    private static final int[][] PRODUCTS = {{1, 64, 10}, {7, 131, 33}, {32, 400, 120}};

    /** Forward and backward of something, as one array of results. */
    private interface Work {
        float[] run(LinearKernels linear, int repetition);
    }

    private record Example(int examples, float[] x, float[] dy, float[] weights) {
        static Example of(int examples, int inputs, int outputs, int weights) {
            return new Example(
                    examples, random(1, examples * inputs), random(2, examples * outputs), random(3, OFFSET + weights));
        }

        static Example of(int examples, ConvolutionGeometry geometry) {
            return of(examples, geometry.inputSize(), geometry.outputSize(), geometry.weightsSize());
        }

        static Example of(int[] product) {
            return of(product[0], product[1], product[2], product[1] * product[2]);
        }

        float[] run(LinearOperation map) {
            float[] y = new float[dy.length];
            float[] dx = new float[x.length];
            float[] dw = new float[weights.length];
            map.forward(x, examples, weights, OFFSET, y);
            map.backward(dy, weights, OFFSET, dx);
            map.weightsGradient(dw, OFFSET);
            return concatenated(y, dx, dw);
        }
    }

    /** Otherwise they stay until the garbage collector comes by, and it knows nothing of their size. */
    @Test
    void whatOneDnnMadeIsReleasedWithItsOwner() {
        ConvolutionGeometry geometry = GEOMETRIES.get(0);
        Example example = Example.of(2, geometry);
        for (int i = 0; i < 2; i++) {
            long before = Pointer.totalCount();
            try (LinearKernels linear = new OneDnn()) {
                example.run(linear.convolution(geometry, 2));
                assertThat(Pointer.totalCount()).isGreaterThan(before);
            }
            // The first round makes what stays for the whole process.
            assertThat(Pointer.totalCount()).isLessThanOrEqualTo(i == 0 ? Long.MAX_VALUE : before);
        }
    }

    @Test
    void severalThreadsAreRefused() {
        LinearKernels.requireOneThread("1");
        assertThatThrownBy(() -> LinearKernels.requireOneThread(null))
                .hasMessageContaining("OMP_NUM_THREADS=1")
                .hasMessageContaining("not set");
        assertThatThrownBy(() -> LinearKernels.requireOneThread("4")).hasMessageContaining("\"4\"");
    }

    /** 2, 3, 7 and 8 examples of a large picture are several parts for the cache, or one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8})
    void allConvolveAlike(int examples) {
        for (ConvolutionGeometry geometry : GEOMETRIES) {
            Example example = Example.of(examples, geometry);
            assertAlike(geometry.toString(), example, linear -> linear.convolution(geometry, examples));
        }
    }

    @Test
    void allMultiplyAlike() {
        for (int[] size : PRODUCTS) {
            assertAlike(
                    Arrays.toString(size), Example.of(size), linear -> linear.matrixProduct(size[1], size[2], size[0]));
        }
    }

    private interface Maker {
        LinearOperation make(LinearKernels linear);
    }

    private static void assertAlike(String what, Example example, Maker maker) {
        float[] base = run(Kernels.ND4J, example, maker);
        for (Kernels kernels : List.of(Kernels.PORTABLE, Kernels.ONEDNN)) {
            float[] results = run(kernels, example, maker);
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < base.length; i++) {
                largest = Math.max(largest, Math.abs(base[i]));
                difference = Math.max(difference, Math.abs(base[i] - results[i]));
            }
            assertThat(difference).as("%s, %s", kernels, what).isLessThan(1e-5 * largest);
        }
    }

    private static float[] run(Kernels kernels, Example example, Maker maker) {
        try (LinearKernels linear = LinearKernels.of(kernels, 1)) {
            return example.run(maker.make(linear));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theGradientOfNoExamplesIsZero(Kernels kernels) {
        try (LinearKernels linear = LinearKernels.of(kernels, 1)) {
            LinearOperation convolution = linear.convolution(new ConvolutionGeometry(4, 4, 1, 1, 3, 1, 1), 2);
            LinearOperation product = linear.matrixProduct(3, 2, 2);
            float[] none = {};
            for (LinearOperation map : List.of(convolution, product)) {
                float[] gradients = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
                map.forward(none, 0, new float[9], 0, none);
                map.backward(none, new float[9], 0, none);
                map.weightsGradient(gradients, 1);
                float[] expected = map == convolution
                        ? new float[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11}
                        : new float[] {1, 0, 0, 0, 0, 0, 0, 8, 9, 10, 11};
                assertThat(gradients).isEqualTo(expected);
            }
        }
    }

    /** As at the end of an epoch, or when test rows come in between. */
    @ParameterizedTest
    @EnumSource
    void theNumberOfExamplesMayChange(Kernels kernels) {
        ConvolutionGeometry geometry = GEOMETRIES.get(0);
        try (LinearKernels linear = LinearKernels.of(kernels, 1)) {
            LinearOperation map = linear.convolution(geometry, 8);
            for (int examples : new int[] {8, 3, 1, 8, 2, 3}) {
                Example example = Example.of(examples, geometry);
                assertThat(example.run(map))
                        .as("%d examples", examples)
                        .isEqualTo(run(kernels, example, fresh -> fresh.convolution(geometry, examples)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void convolutionsGiveTheSameBits(Kernels kernels) throws Exception {
        for (ConvolutionGeometry geometry : GEOMETRIES) {
            Example example = Example.of(3, geometry);
            assertSameBits(
                    kernels, (linear, repetition) -> example.run(linear.convolution(geometry, 3 + repetition % 3)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void productsGiveTheSameBits(Kernels kernels) throws Exception {
        for (int[] size : PRODUCTS) {
            Example example = Example.of(size);
            assertSameBits(
                    kernels,
                    (linear, repetition) ->
                            example.run(linear.matrixProduct(size[1], size[2], size[0] + repetition % 3)));
        }
    }

    /** Results of other layers, and of steps with numbers that are not finite. */
    @Test
    void whatSharedArraysHeldBeforeDoesNotMatter() {
        for (ConvolutionGeometry geometry : GEOMETRIES) {
            Example example = Example.of(3, geometry);
            float[] expected = run(Kernels.PORTABLE, example, fresh -> fresh.convolution(geometry, 3));
            PortableScratch scratch = new PortableScratch();
            LinearOperation map =
                    new PortableConvolution(geometry, 4, scratch, new PlainTiles(), new IntraOpThreads(1));
            for (PortableScratch.Role role : PortableScratch.Role.values()) {
                Arrays.fill(scratch.array(role), Float.NaN);
            }
            assertThat(example.run(map)).as(geometry.toString()).isEqualTo(expected);
        }
    }

    /** A kernel that reads beyond its numbers would see what others left there. */
    @Test
    void whatTheMemoryHeldBeforeDoesNotMatter() {
        for (ConvolutionGeometry geometry : GEOMETRIES) {
            Example example = Example.of(3, geometry);
            float[] expected = null;
            for (float before : new float[] {0, 1000, Float.NaN}) {
                try (OneDnn linear = new OneDnn()) {
                    LinearOperation map = linear.convolution(geometry, 4);
                    for (NativeScratch.Role role : NativeScratch.Role.values()) {
                        fill(linear.scratch().buffer(role), before);
                    }
                    float[] results = example.run(map);
                    expected = expected == null ? results : expected;
                    assertThat(results).as("%s after %s", geometry, before).isEqualTo(expected);
                }
            }
        }
    }

    private static void fill(NativeFloats buffer, float value) {
        if (buffer != null) {
            float[] values = new float[buffer.length()];
            Arrays.fill(values, value);
            buffer.put(0, values, 0, values.length);
        }
    }

    /** In several threads at once, each time in fresh memory at another address. */
    private static void assertSameBits(Kernels kernels, Work work) throws Exception {
        float[] expected;
        try (LinearKernels linear = LinearKernels.of(kernels, 1)) {
            expected = work.run(linear, 0);
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS * REPETITIONS; i++) {
                int repetition = i;
                futures.add(threads.submit(() -> {
                    NativeFloats spacer = new NativeFloats(1 + repetition % 37);
                    try (LinearKernels linear = LinearKernels.of(kernels, 1)) {
                        assertThat(work.run(linear, repetition)).isEqualTo(expected);
                    }
                    spacer.close();
                }));
            }
            for (Future<?> future : futures) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static float[] concatenated(float[]... parts) {
        float[] all =
                new float[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static float[] random(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
