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

        float[] floats = {9, 0.5f, 1, 9};
        Sums.add(floats, 1, new float[] {7, 7, 0.25f, 2, 7}, 2, 2);
        assertThat(floats).containsExactly(9, 0.75f, 3, 9);
    }

    @Test
    void refusesAnotherLength() {
        assertThatThrownBy(() -> Sums.add(new double[3], new double[2])).hasMessage("cannot add 2 numbers to 3");
    }
}
