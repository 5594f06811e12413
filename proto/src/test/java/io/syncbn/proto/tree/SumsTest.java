package io.syncbn.proto.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SumsTest {

    @Test
    void addsIntoTheLeft() {
        double[] left = {1, 2};
        double[] right = {10, 20};
        assertThat(Sums.add(left, right)).isSameAs(left).containsExactly(11, 22);
        assertThat(right).containsExactly(10, 20);

        float[] floats = {0.5f};
        assertThat(Sums.add(floats, new float[] {0.25f})).isSameAs(floats).containsExactly(0.75f);
    }

    @Test
    void refusesAnotherLength() {
        assertThatThrownBy(() -> Sums.add(new double[3], new double[2])).hasMessage("cannot add 2 numbers to 3");
        assertThatThrownBy(() -> Sums.add(new float[0], new float[1])).hasMessage("cannot add 1 numbers to 0");
    }
}
