package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.InstructionSet;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What computes here, and whether the probe sees each of its results. */
class ArithmeticTest {
    /** Results of one kind, of which a single one is changed in its last bit. */
    private enum Part {
        NONE,
        FORWARD,
        INPUT_GRADIENT,
        WEIGHTS_GRADIENT
    }

    /** Kernels that change a bit in the n-th map that is asked for. */
    private record Changed(LinearKernels linear, Part part, int map, int[] count) implements LinearKernels {
        @Override
        public LinearOperation convolution(ConvolutionGeometry geometry, int maxExamples) {
            return next(linear.convolution(geometry, maxExamples));
        }

        @Override
        public LinearOperation matrixProduct(int inputs, int outputs, int maxExamples) {
            return next(linear.matrixProduct(inputs, outputs, maxExamples));
        }

        private LinearOperation next(LinearOperation made) {
            return count[0]++ == map ? new ChangedMap(made, part) : made;
        }

        @Override
        public String library() {
            return linear.library();
        }

        @Override
        public String instructionSet() {
            return linear.instructionSet();
        }

        @Override
        public void close() {
            linear.close();
        }
    }

    private record ChangedMap(LinearOperation map, Part part) implements LinearOperation {
        @Override
        public void forward(float[] x, int examples, float[] weights, int weightsOffset, float[] y) {
            map.forward(x, examples, weights, weightsOffset, y);
            change(Part.FORWARD, y);
        }

        @Override
        public void backward(float[] dy, float[] weights, int weightsOffset, float[] dx) {
            map.backward(dy, weights, weightsOffset, dx);
            change(Part.INPUT_GRADIENT, dx);
        }

        @Override
        public void weightsGradient(float[] gradients, int weightsOffset) {
            map.weightsGradient(gradients, weightsOffset);
            change(Part.WEIGHTS_GRADIENT, gradients);
        }

        private void change(Part changed, float[] values) {
            if (part == changed) {
                values[values.length / 2] = Math.nextUp(values[values.length / 2]);
            }
        }
    }

    private static String digest(Kernels kernels, Part part, int map) {
        try (LinearKernels linear = new Changed(LinearKernels.of(kernels, 1), part, map, new int[1])) {
            return ArithmeticProbe.digest(linear, new PlainKernels());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProbeSeesEveryResult(Kernels kernels) {
        int maps = 11;
        List<String> digests = new ArrayList<>(List.of(digest(kernels, Part.NONE, 0)));
        for (int map = 0; map < maps; map++) {
            for (Part part : List.of(Part.FORWARD, Part.INPUT_GRADIENT, Part.WEIGHTS_GRADIENT)) {
                digests.add(digest(kernels, part, map));
            }
        }
        assertThat(digests).doesNotHaveDuplicates();
        assertThat(digest(kernels, Part.NONE, 0)).isEqualTo(digests.get(0));
        assertThat(digest(kernels, Part.FORWARD, maps)).as("there are no more").isEqualTo(digests.get(0));
    }

    @ParameterizedTest
    @EnumSource
    void vectorsComputeAsLoopsDo(Kernels kernels) {
        try (LinearKernels linear = LinearKernels.of(kernels, 1)) {
            assertThat(ArithmeticProbe.digest(linear, new SimdKernels()))
                    .isEqualTo(digest(kernels, Part.NONE, 0))
                    .isEqualTo(Arithmetic.of(determinism(kernels, InstructionSet.NATIVE))
                            .digest());
        }
    }

    private static Job.Determinism determinism(Kernels kernels, InstructionSet set) {
        return new Job.Determinism(1, kernels, set);
    }

    /** Where this changes, so does every result that anybody has published. */
    @Test
    void ourOwnKernelsComputeTheSameBitsEverywhere() {
        Arithmetic ours = Arithmetic.of(determinism(Kernels.PORTABLE, InstructionSet.NATIVE));
        assertThat(ours.digest()).isEqualTo("8a9e3d82a169a38de64c3752646cd077ef3bfe1a6cc48440ac3c2680e4bc2c20");
        assertThat(ours.library()).isEqualTo("portable kernels 1");
    }

    @Test
    void differentKernelsComputeDifferentBitsAndSayWhoTheyAre() {
        assertThat(Arrays.stream(Kernels.values()).map(kernels -> digest(kernels, Part.NONE, 0)))
                .doesNotHaveDuplicates();
        try (LinearKernels oneDnn = LinearKernels.of(Kernels.ONEDNN, 1);
                LinearKernels nd4j = LinearKernels.of(Kernels.ND4J, 1)) {
            assertThat(oneDnn.library()).matches("oneDNN [0-9.]+");
            assertThat(oneDnn.instructionSet()).contains("AVX");
            assertThat(nd4j.library()).matches("ND4J 1.0.0-\\S+ with OpenBLAS [0-9.]+");
        }
    }

    /** In a process that has used oneDNN bits cannot be promised any more. */
    @Test
    void aLimitThatComesTooLateIsRefused() {
        Arithmetic used = Arithmetic.of(determinism(Kernels.ONEDNN, InstructionSet.NATIVE));
        Job.Determinism limited = determinism(Kernels.ONEDNN, InstructionSet.AVX2);
        if (used.instructionSet().equals("AVX2")) {
            assertThat(Arithmetic.of(limited)).isEqualTo(used);
        } else {
            assertThatThrownBy(() -> Arithmetic.of(limited))
                    .isInstanceOf(KernelsException.class)
                    .hasMessageStartingWith("--isa avx2");
        }
    }
}
