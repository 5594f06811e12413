package io.syncbn.proto.sums;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChunkTest {

    @Test
    void isAddedToWhereItLies() {
        float[] left = {1, 2, 3, 4};
        float[] right = {9, 10, 20, 30};
        Chunk chunk = new Chunk(left, 1, 2);
        assertThat(chunk.add(new Chunk(right, 1, 2))).isSameAs(chunk);
        assertThat(left).containsExactly(1, 12, 23, 4);
        assertThat(right).containsExactly(9, 10, 20, 30);
    }

    @Test
    void refusesAnotherLengthAndPlacesOutside() {
        assertThatThrownBy(() -> new Chunk(new float[3]).add(new Chunk(new float[4], 1, 2)))
                .hasMessage("cannot add 2 numbers to 3");
        assertThatThrownBy(() -> new Chunk(new float[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
