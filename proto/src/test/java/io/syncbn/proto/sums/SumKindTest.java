package io.syncbn.proto.sums;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.v1.Kind;
import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Checks the table against the comments of {@code reduction.proto}. */
class SumKindTest {

    @Test
    void everyKindOnTheWireHasARowAndNothingElse() {
        for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.KIND_UNSPECIFIED, Kind.UNRECOGNIZED))) {
            assertThat(SumKind.of(kind.getNumber())).as("%s", kind).contains(SumKind.valueOf(kind.name()));
        }
        assertThat(SumKind.values()).hasSize(Kind.values().length - 2);
        for (long number : new long[] {-1, 0, Kind.values().length - 1, Long.MIN_VALUE, 1L << 32 | 1}) {
            assertThat(SumKind.of(number)).as("%d", number).isEmpty();
        }
    }

    @Test
    void bulkIsFloat32InChunksAndHasAStreamOfItsOwn() {
        for (SumKind kind : SumKind.values()) {
            boolean isBulk = kind == SumKind.GRADIENTS || kind == SumKind.STATE;
            assertThat(kind.isFloat32()).as("%s", kind).isEqualTo(isBulk);
            assertThat(kind.isInChunks()).as("%s", kind).isEqualTo(isBulk);
            assertThat(kind.stream() == StreamKind.GRADIENTS).as("%s", kind).isEqualTo(isBulk);
        }
    }

    @Test
    void momentsAreOfAGroupAndWaitedFor() {
        assertThat(Arrays.stream(SumKind.values()).filter(SumKind::isOfGroup))
                .allMatch(kind -> kind.isAwaited() && kind.most() >= 1 << 16 && !kind.isInChunks())
                .containsExactly(SumKind.MOMENTS_FORWARD, SumKind.MOMENTS_BACKWARD, SumKind.PASS_MOMENTS);
        assertThat(Arrays.stream(SumKind.values()).filter(kind -> kind.isOfGroup() && kind.isOfStep()))
                .containsExactly(SumKind.MOMENTS_FORWARD, SumKind.MOMENTS_BACKWARD);
    }

    @Test
    void onlyMomentsAndGradientsStayWithAWorkerThatHasAllShards() {
        assertThat(Arrays.stream(SumKind.values()).filter(SumKind::isKeptByOnlyWorker))
                .containsExactly(
                        SumKind.MOMENTS_FORWARD, SumKind.MOMENTS_BACKWARD, SumKind.GRADIENTS, SumKind.PASS_MOMENTS);
    }

    @Test
    void eachKindIsOfOneStep() {
        assertThat(SumKind.MOMENTS_FORWARD.stepAfter(7)).isEqualTo(8);
        assertThat(SumKind.GRADIENTS.stepAfter(7)).isEqualTo(8);
        assertThat(SumKind.COMMIT.stepAfter(7)).isEqualTo(8);
        assertThat(SumKind.EVALUATION.stepAfter(7)).isEqualTo(7);
        assertThat(SumKind.PASS_MOMENTS.stepAfter(7)).isEqualTo(7);
        assertThat(SumKind.POPULATION.stepAfter(7)).isEqualTo(7);
        assertThat(SumKind.DATA_STATISTICS.stepAfter(7)).isZero();
    }

    @Test
    void workersSendNoPartsOfWhatIsNoSum() {
        assertThat(Arrays.stream(SumKind.values()).filter(kind -> !kind.isSentInParts()))
                .containsExactly(SumKind.LAST_COMMIT, SumKind.STATE);
    }
}
