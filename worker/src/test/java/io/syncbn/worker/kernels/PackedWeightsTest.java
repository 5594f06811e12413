package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where each weight stands; 3 × 3 taps, 5 input and 100 output channels: panels of 64, 32 and 16, the last of which has 4. */
class PackedWeightsTest {
    private static final ConvolutionGeometry GEOMETRY = new ConvolutionGeometry(8, 8, 5, 100, 3, 1, 1);
    private static final PackedWeights PACKING = new PackedWeights(GEOMETRY);
    private static final int TAPS = 9;
    private static final int OFFSET = 2;

    private static float[] weights() {
        float[] weights = new float[OFFSET + GEOMETRY.weightsSize()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i + 1;
        }
        return weights;
    }

    private static float[] dirty(int length) {
        float[] packed = new float[length];
        Arrays.fill(packed, -1);
        return packed;
    }

    private static int place(int o, int i, int tap) {
        return OFFSET + (o * 5 + i) * TAPS + tap;
    }

    @Test
    void aPanelHasTapsOfInputsOfOutputs() {
        float[] back = dirty(OFFSET + GEOMETRY.weightsSize());
        for (int first = 0, width = 64; first < 112; first += width, width /= 2) {
            float[] packed = dirty(width * 5 * TAPS);
            PACKING.pack(weights(), OFFSET, first, packed);
            PACKING.unpack(packed, first, back, OFFSET);
            for (int o = first; o < first + width; o++) {
                for (int i = 0; i < 5; i++) {
                    for (int tap = 0; tap < TAPS; tap++) {
                        float expected = o < 100 ? weights()[place(o, i, tap)] : 0;
                        assertThat(packed[(tap * 5 + i) * width + o - first])
                                .as("%d %d %d", o, i, tap)
                                .isEqualTo(expected);
                    }
                }
            }
        }
        assertThat(Arrays.copyOfRange(back, OFFSET, back.length))
                .isEqualTo(Arrays.copyOfRange(weights(), OFFSET, back.length));
    }

    @Test
    void channelsBeyondTheLastAreZeros() {
        float[] packed = dirty(16 * 100 * TAPS);
        PACKING.packTransposed(weights(), OFFSET, 0, packed);
        for (int i = 0; i < 16; i++) {
            for (int o = 0; o < 100; o++) {
                for (int tap = 0; tap < TAPS; tap++) {
                    float expected = i < 5 ? weights()[place(o, i, tap)] : 0;
                    assertThat(packed[((TAPS - 1 - tap) * 100 + o) * 16 + i])
                            .as("%d %d %d", o, i, tap)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** Of a picture of one pixel the filter's middle meets it, and the gradients of the others are 0. */
    @Test
    void tapsThatMeetBordersOnlyAreLeftOut() {
        PackedWeights one = new PackedWeights(new ConvolutionGeometry(1, 1, 5, 50, 3, 1, 1));
        float[] packed = dirty(64 * 5 * TAPS);
        one.pack(weights(), OFFSET, 0, packed);
        assertThat(packed[(4 * 5 + 2) * 64 + 7]).isEqualTo(weights()[place(7, 2, 4)]);
        assertThat(packed[(3 * 5 + 2) * 64 + 7]).isEqualTo(-1);
        one.clear(packed, 0);
        assertThat(packed[(4 * 5 + 2) * 64 + 7]).isZero();
        Arrays.fill(packed, 1);
        float[] gradients = dirty(OFFSET + 50 * 5 * TAPS);
        one.unpack(packed, 0, gradients, OFFSET);
        for (int i = OFFSET; i < gradients.length; i++) {
            assertThat(gradients[i]).isEqualTo((i - OFFSET) % TAPS == 4 ? 1 : 0);
        }
    }
}
