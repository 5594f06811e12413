package io.syncbn.proto.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupingTest {
    @Test
    void groupsAreRunsOfConsecutiveShardsAndTheLastMayBeSmaller() {
        Grouping groups = new Grouping(8, 3);
        assertThat(groups.groups()).isEqualTo(3);
        assertThat(IntStream.range(0, 8).map(groups::groupOf)).containsExactly(0, 0, 0, 1, 1, 1, 2, 2);
        assertThat(IntStream.range(0, 8).map(groups::positionOf)).containsExactly(0, 1, 2, 0, 1, 2, 0, 1);
        assertThat(IntStream.range(0, 3).map(groups::firstShardOf)).containsExactly(0, 3, 6);
        assertThat(IntStream.range(0, 3).map(groups::sizeOf)).containsExactly(3, 3, 2);
        assertThat(groups.treeOf(2).leaves()).isEqualTo(2);
    }
}
