package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightOrderTest {
    private static final int OFFSET = 2;

    /** A number for each weight that tells which one it is. */
    private static float number(int output, int input, int tap) {
        return output * 10_000 + input * 100 + tap;
    }

    private static float[] inFileOrder(WeightOrder order) {
        float[] file = new float[order.size()];
        int next = 0;
        for (int output = 0; output < order.outputs(); output++) {
            for (int input = 0; input < order.inputs(); input++) {
                for (int tap = 0; tap < order.taps(); tap++) {
                    file[next++] = number(output, input, tap);
                }
            }
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "16, 16", "17, 17", "100, 64 32 4", "130, 64 64 2", "240, 64 64 64 32 16"})
    void outputsStandInPanelsThatHaveTapsOfInputs(int outputs, String panels) {
        int[] expected =
                Arrays.stream(panels.split(" ")).mapToInt(Integer::parseInt).toArray();
        WeightOrder order = new WeightOrder(outputs, 5, 9);
        float[] weights = new float[OFFSET + order.size() + 1];
        order.fromFileOrder(inFileOrder(order), weights, OFFSET);
        int at = OFFSET;
        int first = 0;
        for (int panel : expected) {
            assertThat(WeightOrder.panel(first, outputs)).isEqualTo(panel);
            for (int tap = 0; tap < 9; tap++) {
                for (int input = 0; input < 5; input++) {
                    for (int output = first; output < first + panel; output++) {
                        assertThat(weights[at++]).isEqualTo(number(output, input, tap));
                    }
                }
            }
            first += panel;
        }
        assertThat(first).isEqualTo(outputs);
        assertThat(weights).startsWith(0, 0).endsWith(0);
        assertThat(order.inFileOrder(weights, OFFSET)).isEqualTo(inFileOrder(order));
    }

    @Test
    void aPanelInWholeBlocksIsTheLeastOfThoseThatTilesHave() {
        assertThat(WeightOrder.wholePanel(0, 1)).isEqualTo(16);
        assertThat(WeightOrder.wholePanel(0, 17)).isEqualTo(32);
        assertThat(WeightOrder.wholePanel(64, 100)).isEqualTo(32);
        assertThat(WeightOrder.wholePanel(96, 100)).isEqualTo(16);
        assertThat(WeightOrder.wholePanel(64, 1000)).isEqualTo(64);
    }
}
