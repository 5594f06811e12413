package io.syncbn.coordinator.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Assignment.Seat;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What transcripts of several workers do not show. */
class GenerationSumsTest {
    private static final int SHARDS = 2;

    @Test
    void aWorkerThatIsAloneCommitsWithoutItsGradient() {
        Assignment assignment = new Assignment(1, List.of(new Seat("worker-0", new ShardRun(0, SHARDS))));
        GenerationSums sums = new GenerationSums(assignment, SHARDS, 0, 0);
        for (long step = 1; step <= 2; step++) {
            DataFrame commit =
                    DataFrame.of(new FrameHeader(1, step, SumKind.COMMIT, 0, 0, new Node(1, 0), 1), new double[] {8});
            List<RoundEffect> effects = sums.offer(0, commit, 0);
            assertThat(effects).hasSize(2).hasAtLeastOneElementOfType(RoundEffect.Committed.class);
            assertThat(effects.get(0)).isInstanceOf(RoundEffect.Send.class);
            assertThat(sums.committedStep()).isEqualTo(step);
            assertThat(sums.held()).isZero();
        }
    }
}
