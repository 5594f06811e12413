package io.syncbn.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.sums.Chunk;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllReduceLoopTest {
    /** Of {@code reduction.proto}: a gradient's chunks are of 64 Ki numbers, but the first one is of 16 Ki. */
    @Test
    void vectorsAreCutAsTheProtocolCutsGradients() {
        assertThat(sizes(1)).containsExactly(1);
        assertThat(sizes(20_000)).containsExactly(16_384, 3_616);
        assertThat(sizes(270_000)).containsExactly(16_384, 65_536, 65_536, 65_536, 57_008);
    }

    private static List<Integer> sizes(int floats) {
        return AllReduceLoop.chunks(floats).stream().map(Chunk::length).toList();
    }
}
