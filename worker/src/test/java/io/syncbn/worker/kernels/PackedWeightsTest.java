package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where each weight stands; 3 × 3 taps, 5 input and 100 output channels: panels of 64, 32 and 4. */
class PackedWeightsTest {
    private static final ConvolutionGeometry GEOMETRY = new ConvolutionGeometry(8, 8, 5, 100, 3, 1, 1);
    private static final PackedWeights PACKING = new PackedWeights(GEOMETRY);
    private static final int TAPS = 9;
    private static final int OFFSET = 2;

    /** O × I × taps, each another number. */
    private static float weight(int o, int i, int tap) {
        return 1 + (o * 5 + i) * TAPS + tap;
    }

    private static float[] weights() {
        float[] file = new float[GEOMETRY.weightsSize()];
        for (int i = 0; i < file.length; i++) {
            file[i] = 1 + i;
        }
        float[] weights = new float[OFFSET + file.length];
        WeightOrder.of(GEOMETRY).fromFileOrder(file, weights, OFFSET);
        return weights;
    }

    private static float[] dirty(int length) {
        float[] packed = new float[length];
        Arrays.fill(packed, -1);
        return packed;
    }

    @Test
    void theLastPanelIsFilledUpWithZeros() {
        float[] packed = dirty(16 * 5 * TAPS);
        PACKING.fillUp(weights(), OFFSET, 96, packed);
        for (int o = 96; o < 112; o++) {
            for (int i = 0; i < 5; i++) {
                for (int tap = 0; tap < TAPS; tap++) {
                    assertThat(packed[(tap * 5 + i) * 16 + o - 96])
                            .as("%d %d %d", o, i, tap)
                            .isEqualTo(o < 100 ? weight(o, i, tap) : 0);
                }
            }
        }
        float[] back = dirty(OFFSET + GEOMETRY.weightsSize());
        PACKING.takeFrom(packed, 96, back, OFFSET);
        int last = OFFSET + 96 * 5 * TAPS;
        assertThat(Arrays.copyOfRange(back, last, back.length))
                .isEqualTo(Arrays.copyOfRange(weights(), last, back.length));
        assertThat(Arrays.copyOfRange(back, 0, last)).containsOnly(-1);
    }

    @Test
    void transposedPanelsHaveTapsOfOutputsOfInputs() {
        float[] packed = dirty(16 * 100 * TAPS);
        PACKING.transpose(weights(), OFFSET, 0, packed);
        for (int i = 0; i < 16; i++) {
            for (int o = 0; o < 100; o++) {
                for (int tap = 0; tap < TAPS; tap++) {
                    assertThat(packed[((TAPS - 1 - tap) * 100 + o) * 16 + i])
                            .as("%d %d %d", o, i, tap)
                            .isEqualTo(i < 5 ? weight(o, i, tap) : 0);
                }
            }
        }
    }

    /** Of a picture of one pixel only the filter's middle meets it. */
    @Test
    void tapsThatMeetBordersOnlyAreLeftOut() {
        PackedWeights one = new PackedWeights(new ConvolutionGeometry(1, 1, 5, 100, 3, 1, 1));
        float[] packed = dirty(16 * 5 * TAPS);
        one.fillUp(weights(), OFFSET, 96, packed);
        assertThat(packed[(4 * 5 + 2) * 16 + 3]).isEqualTo(weight(99, 2, 4));
        assertThat(packed[(3 * 5 + 2) * 16 + 3]).isEqualTo(-1);
        float[] transposed = dirty(16 * 100 * TAPS);
        one.transpose(weights(), OFFSET, 0, transposed);
        assertThat(transposed[(4 * 100 + 70) * 16 + 2]).isEqualTo(weight(70, 2, 4));
        assertThat(transposed[(3 * 100 + 70) * 16 + 2]).isEqualTo(-1);
    }
}
