package io.syncbn.coordinator.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.sums.SumKind;
import org.junit.jupiter.api.Test;

/** The gate learns of sums as they become complete, whoever took them. */
class CommitGateTest {
    private final CommitGate gate = new CommitGate(false);

    @Test
    void opensWhenCommitAndAllChunksAreComplete() {
        for (int step = 0; step < 2; step++) {
            gate.completed(SumKind.MOMENTS_FORWARD, 0, 1);
            gate.completed(SumKind.GRADIENTS, 1, 2);
            gate.completed(SumKind.COMMIT, 0, 1);
            assertThat(gate.isOpen()).isFalse();
            gate.completed(SumKind.GRADIENTS, 0, 2);
            assertThat(gate.isOpen()).isTrue();
            gate.nextStep();
            assertThat(gate.isOpen()).isFalse();
        }
    }

    @Test
    void ofAWorkerThatIsAloneCommitIsEnough() {
        CommitGate alone = new CommitGate(true);
        assertThat(alone.isOpen()).isFalse();
        alone.completed(SumKind.COMMIT, 0, 1);
        assertThat(alone.isOpen()).isTrue();
        alone.nextStep();
        assertThat(alone.isOpen()).isFalse();
    }

    @Test
    void aChunkThatIsToldOfTwiceCountsOnce() {
        gate.completed(SumKind.COMMIT, 0, 1);
        gate.completed(SumKind.GRADIENTS, 1, 2);
        gate.completed(SumKind.GRADIENTS, 1, 2);
        assertThat(gate.isOpen()).isFalse();
    }
}
