package io.syncbn.proto.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rounds of a reducer that takes only some of a step's sums; the coordinator's transcripts cover the rest. */
class RoundsTest {
    private static final Assignment TWO = new Assignment(
            3,
            List.of(
                    new Assignment.Seat("worker-0", new ShardRun(0, 1)),
                    new Assignment.Seat("worker-1", new ShardRun(1, 1))));

    private final Rounds rounds = new Rounds(TWO, 2, 7);

    @Test
    void oneChunkOfEachStepIsSummedWithoutTheRestOfIt() {
        for (long step = 8; step <= 9; step++) {
            assertThat(((Offered.Added) rounds.offer(0, chunk(step, 0, 1), 0)).sum())
                    .isEmpty();
            Offered.Added last = (Offered.Added) rounds.offer(1, chunk(step, 1, 2), 0);
            assertThat(last.owner()).isEqualTo(1);
            assertThat(last.sum().orElseThrow().root().floats()).containsExactly(3);
            assertThat(last.sum().orElseThrow().workers()).containsExactly(0, 1);
            rounds.committed();
            assertThat(rounds.committedStep()).isEqualTo(step);
            assertThat(rounds.held()).isZero();
        }
    }

    @Test
    void whatIsNotCommittedStaysAndTheNextStepIsNotTakenBeforeIt() {
        rounds.offer(0, chunk(8, 0, 1), 5);
        assertThat(rounds.offer(1, chunk(9, 1, 2), 6)).isInstanceOf(Offered.Refused.class);
        assertThat(rounds.open())
                .singleElement()
                .satisfies(round -> assertThat(round.arrivals().missing()).containsExactly(1))
                .satisfies(round -> assertThat(round.arrivals().openedNanos()).isEqualTo(5));
    }

    private static DataFrame chunk(long step, int shard, float value) {
        return DataFrame.of(
                new FrameHeader(3, step, SumKind.GRADIENTS, 4, 0, new Node(0, shard), 6), new float[] {value});
    }
}
