package io.syncbn.worker.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MaxPoolTest {
    private final MaxPool layer =
            new MaxPool(new Shape(2, 2, 1), new SlidingWindow(2, 2, 0), TestMemory.withoutWeights());

    @Test
    void theFirstOfEqualsTakesTheGradient() {
        assertThat(forward(3, 7, 7, 7)).isEqualTo(7);
        assertThat(backward(5)).containsExactly(0, 5, 0, 0);
    }

    @Test
    void divergedNumbersAreNotHidden() {
        assertThat(forward(3, Float.NaN, 9, 1)).isNaN();
        assertThat(backward(5)).containsExactly(0, 5, 0, 0);
    }

    private float forward(float... x) {
        return layer.forward(new Tensor(x, 1, new Shape(2, 2, 1)), Pass.evaluation())
                .values()[0];
    }

    private float[] backward(float dy) {
        return layer.backward(new Tensor(new float[] {dy}, 1, Shape.flat(1)), Pass.evaluation())
                .values();
    }
}
