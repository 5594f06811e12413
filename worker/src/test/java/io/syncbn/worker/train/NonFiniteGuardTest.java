package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Normalization;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.MomentsReducer.Direction;
import io.syncbn.worker.nn.norm.Normalizers;
import io.syncbn.worker.optim.L2Norm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NonFiniteGuardTest {
    private static final ModelDefinition MODEL = ModelDefinition.of(
            new TrajectoryModel(),
            TrajectoryModel.INPUT,
            TrajectoryModel.CLASSES,
            Normalizers.of(Normalization.DEFAULT),
            0);
    private static final double[] GOOD = {1, -2, Double.MAX_VALUE};
    private static final double[] BAD = {1, Double.NaN, 3};

    private final NonFiniteGuard watch = new NonFiniteGuard(3, MODEL, true);

    @BeforeEach
    void begin() {
        watch.begin(12);
    }

    private void gradient(int offset, float[] numbers) {
        float[] whole = new float[offset + numbers.length];
        System.arraycopy(numbers, 0, whole, offset, numbers.length);
        Chunk chunk = new Chunk(whole, offset, numbers.length);
        watch.gradient(chunk, L2Norm.squared(chunk));
    }

    @Test
    void finiteNumbersAreNoFind() {
        watch.moments(Direction.FORWARD, 0, GOOD);
        watch.received(GOOD);
        watch.loss(1e300);
        gradient(0, new float[] {Float.MAX_VALUE, -1});
        assertThat(watch.origin()).isEmpty();
    }

    @Test
    void eachPlaceHasItsName() {
        watch.moments(Direction.FORWARD, 1, BAD);
        assertThat(watch.origin()).contains("shard 3: the moments of same.bn1 (forward) are not finite");
        watch.begin(13);
        watch.moments(Direction.BACKWARD, 4, BAD);
        assertThat(watch.origin()).contains("shard 3: the moments of wider.downsample.1 (backward) are not finite");
        watch.begin(14);
        watch.loss(Double.POSITIVE_INFINITY);
        assertThat(watch.origin()).contains("shard 3: the loss is Infinity");
        watch.begin(15);
        int offset = MODEL.parameters().entries().get(4).offset();
        gradient(offset - 1, new float[] {0, Float.NaN, 1});
        assertThat(watch.origin())
                .contains("shard 3: the gradient of "
                        + MODEL.parameters().entries().get(4).name() + " is NaN");
    }

    @Test
    void theFirstFindIsTheOrigin() {
        watch.loss(Double.NaN);
        watch.moments(Direction.BACKWARD, 4, BAD);
        assertThat(watch.origin()).contains("shard 3: the loss is NaN");
    }

    @Test
    void whatCameFromOthersIsNotThisShards() {
        watch.moments(Direction.FORWARD, 0, GOOD);
        watch.received(BAD);
        watch.moments(Direction.FORWARD, 1, BAD);
        watch.loss(Double.NaN);
        gradient(0, new float[] {Float.NaN});
        assertThat(watch.origin()).isEmpty();

        watch.begin(13);
        watch.loss(Double.NaN);
        assertThat(watch.origin()).isPresent();
    }

    @Test
    void endsTheStepUnlessItGoesOn() {
        NonFiniteGuard stopping = new NonFiniteGuard(3, MODEL, false);
        stopping.begin(12);
        stopping.moments(Direction.FORWARD, 0, GOOD);
        assertThatThrownBy(() -> stopping.moments(Direction.FORWARD, 1, BAD))
                .isInstanceOf(TrainingException.class)
                .hasMessage("step 12: shard 3: the moments of same.bn1 (forward) are not finite;"
                        + " a lower --lr, a --warmup or --clip-norm may help");
    }
}
