package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Natives: the right ones, and always the same bits. What they compute is compared in the tests of the layers. */
class NativeKernelsTest {
    private static final int THREADS = 4;
    private static final int REPETITIONS = 50;

    /** Forward and backward of something, as one array of results. */
    private interface Work {
        float[] run(NativeScratch scratch, int repetition);
    }

    @Test
    void theBuildFollowsTheProcessor() {
        Set<String> avx2 = Set.of("sse2", "avx2", "fma");
        assertThat(NativeBuild.forProcessor(Set.of())).isEqualTo(NativeBuild.PLAIN);
        assertThat(NativeBuild.forProcessor(Set.of("sse2", "avx", "avx2"))).isEqualTo(NativeBuild.PLAIN);
        assertThat(NativeBuild.forProcessor(avx2)).isEqualTo(NativeBuild.AVX2);
        assertThat(NativeBuild.forProcessor(with(avx2, "avx512f", "avx512cd"))).isEqualTo(NativeBuild.AVX2);
        assertThat(NativeBuild.forProcessor(with(avx2, "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl")))
                .isEqualTo(NativeBuild.AVX512);
    }

    @Test
    void severalThreadsAreRefused() {
        NativeBuild.requireOneThread("1");
        assertThatThrownBy(() -> NativeBuild.requireOneThread(null))
                .hasMessageContaining("OMP_NUM_THREADS=1")
                .hasMessageContaining("not set");
        assertThatThrownBy(() -> NativeBuild.requireOneThread("4")).hasMessageContaining("\"4\"");
    }

    @Test
    void noExamplesChangeNothing() {
        try (NativeScratch scratch = new NativeScratch()) {
            Convolution convolution = new Convolution(new Convolution.Geometry(4, 4, 1, 1, 3, 1, 1), 2, scratch);
            MatrixProduct product = new MatrixProduct(3, 2, 2, scratch);
            float[] gradients = {1, 2, 3, 4, 5, 6, 7, 8, 9};
            float[] none = {};
            convolution.forward(none, 0, new float[9], 0, none);
            convolution.backward(none, none, 0, new float[9], 0, none, gradients);
            product.forward(none, 0, new float[6], 0, none);
            product.backward(none, none, 0, new float[6], 0, none, gradients);
            assertThat(gradients).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    @Test
    void convolutionsGiveTheSameBits() throws Exception {
        for (int[] g : new int[][] {{9, 7, 3, 16, 3, 1, 1}, {16, 16, 16, 32, 3, 2, 1}, {8, 8, 5, 6, 1, 2, 0}}) {
            Convolution.Geometry geometry = new Convolution.Geometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6]);
            int examples = 3;
            float[] x = random(1, examples * geometry.inputSize());
            float[] dy = random(2, examples * geometry.outputSize());
            float[] weights = random(3, geometry.weightsSize());
            assertSameBits((scratch, repetition) -> {
                Convolution convolution = new Convolution(geometry, examples + repetition % 3, scratch);
                float[] y = new float[dy.length];
                float[] dx = new float[x.length];
                float[] dw = new float[weights.length];
                convolution.forward(x, examples, weights, 0, y);
                convolution.backward(dy, x, examples, weights, 0, dx, dw);
                return concatenated(y, dx, dw);
            });
        }
    }

    @Test
    void productsGiveTheSameBits() throws Exception {
        for (int[] size : new int[][] {{1, 64, 10}, {7, 131, 33}, {32, 400, 120}}) {
            int examples = size[0];
            float[] x = random(1, examples * size[1]);
            float[] dy = random(2, examples * size[2]);
            float[] weights = random(3, size[1] * size[2]);
            assertSameBits((scratch, repetition) -> {
                MatrixProduct product = new MatrixProduct(size[1], size[2], examples + repetition % 3, scratch);
                float[] y = new float[dy.length];
                float[] dx = new float[x.length];
                float[] dw = new float[weights.length];
                product.forward(x, examples, weights, 0, y);
                product.backward(dy, x, examples, weights, 0, dx, dw);
                return concatenated(y, dx, dw);
            });
        }
    }

    /** In several threads at once, each time in fresh memory at another address. */
    private static void assertSameBits(Work work) throws Exception {
        float[] expected;
        try (NativeScratch scratch = new NativeScratch()) {
            expected = work.run(scratch, 0);
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS * REPETITIONS; i++) {
                int repetition = i;
                futures.add(threads.submit(() -> {
                    NativeFloats spacer = new NativeFloats(1 + repetition % 37);
                    try (NativeScratch scratch = new NativeScratch()) {
                        assertThat(work.run(scratch, repetition)).isEqualTo(expected);
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

    private static Set<String> with(Set<String> flags, String... more) {
        Set<String> all = new HashSet<>(flags);
        all.addAll(List.of(more));
        return all;
    }
}
