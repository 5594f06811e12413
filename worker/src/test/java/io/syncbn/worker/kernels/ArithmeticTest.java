package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.InstructionSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What computes here, and whether the probe sees each of its results. */
class ArithmeticTest {
    /** Results of one kind, of which a single one is changed in its last bit. */
    private enum Part {
        NONE,
        FORWARD,
        INPUT_GRADIENT,
        WEIGHTS_GRADIENT
    }

    /** Natives that change a bit in the n-th map that is asked for. */
    private record Changed(Natives natives, Part part, int map, int[] count) implements Natives {
        @Override
        public LinearOperation convolution(ConvolutionGeometry geometry, int maxExamples) {
            return next(natives.convolution(geometry, maxExamples));
        }

        @Override
        public LinearOperation matrixProduct(int inputs, int outputs, int maxExamples) {
            return next(natives.matrixProduct(inputs, outputs, maxExamples));
        }

        private LinearOperation next(LinearOperation made) {
            return count[0]++ == map ? new ChangedMap(made, part) : made;
        }

        @Override
        public String library() {
            return natives.library();
        }

        @Override
        public String instructionSet() {
            return natives.instructionSet();
        }

        @Override
        public void close() {
            natives.close();
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
        public void addWeightsGradient(float[] gradients, int weightsOffset) {
            map.addWeightsGradient(gradients, weightsOffset);
            change(Part.WEIGHTS_GRADIENT, gradients);
        }

        private void change(Part changed, float[] values) {
            if (part == changed) {
                values[values.length / 2] = Math.nextUp(values[values.length / 2]);
            }
        }
    }

    private static String digest(Part part, int map) {
        try (Natives natives = new Changed(Natives.open(), part, map, new int[1])) {
            return ArithmeticProbe.digest(natives, new PlainKernels());
        }
    }

    @Test
    void theProbeSeesEveryResultOfNatives() {
        int maps = 11;
        List<String> digests = new ArrayList<>(List.of(digest(Part.NONE, 0)));
        for (int map = 0; map < maps; map++) {
            for (Part part : List.of(Part.FORWARD, Part.INPUT_GRADIENT, Part.WEIGHTS_GRADIENT)) {
                digests.add(digest(part, map));
            }
        }
        assertThat(digests).doesNotHaveDuplicates();
        assertThat(digest(Part.NONE, 0)).isEqualTo(digests.get(0));
        assertThat(digest(Part.FORWARD, maps)).as("there are no more").isEqualTo(digests.get(0));
    }

    @Test
    void vectorsComputeAsLoopsDo() {
        try (Natives natives = Natives.open()) {
            assertThat(ArithmeticProbe.digest(natives, new SimdKernels()))
                    .isEqualTo(digest(Part.NONE, 0))
                    .isEqualTo(Arithmetic.of(InstructionSet.NATIVE).digest());
        }
    }

    @Test
    void otherNativesComputeOtherBitsAndSayWhoTheyAre() {
        try (Natives oneDnn = new OneDnn();
                Natives nd4j = new Nd4jNatives()) {
            assertThat(ArithmeticProbe.digest(nd4j, new PlainKernels()))
                    .isNotEqualTo(ArithmeticProbe.digest(oneDnn, new PlainKernels()));
            assertThat(oneDnn.library()).matches("oneDNN [0-9.]+");
            assertThat(oneDnn.instructionSet()).contains("AVX");
            assertThat(nd4j.library()).matches("ND4J 1.0.0-\\S+ with OpenBLAS [0-9.]+");
        }
    }

    /** In a process that has used oneDNN, or computes with something else, bits cannot be promised any more. */
    @Test
    void aLimitThatComesTooLateIsRefused() {
        Arithmetic used = Arithmetic.of(InstructionSet.NATIVE);
        if (used.instructionSet().equals("AVX2")) {
            assertThat(Arithmetic.of(InstructionSet.AVX2)).isEqualTo(used);
        } else {
            assertThatThrownBy(() -> Arithmetic.of(InstructionSet.AVX2))
                    .isInstanceOf(NativesException.class)
                    .hasMessageStartingWith("--isa avx2");
        }
    }
}
