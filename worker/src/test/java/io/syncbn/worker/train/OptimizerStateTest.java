package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.optim.Optimizers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every optimizer remembers goes where the weights go: one that is added is tried here by itself. */
class OptimizerStateTest {
    private static Set<String> optimizers() {
        return Optimizers.names();
    }

    private static Job job(String optimizer) {
        return NotFiniteTest.job("optimizer", optimizer, "lr", "0.01", "schedule", "constant");
    }

    private static void step(TrainingState state, long seed) {
        float[] gradient = new float[NotFiniteTest.weights(state)];
        Random random = new Random(seed);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = random.nextFloat() - 0.5f;
        }
        assertThat(state.apply(sums(state, 8), gradient)).isEmpty();
    }

    private static void leaveOut(TrainingState state) {
        assertThat(state.apply(sums(state, Double.NaN), new float[NotFiniteTest.weights(state)]))
                .isPresent();
    }

    private static CommitSum sums(TrainingState state, double loss) {
        return NotFiniteTest.sums(state, loss, 0);
    }

    private static String digest(TrainingState state) {
        return StateDigest.sha256(state.modelState());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void anyNumberOfWorkersEndsWithTheSameBits(String optimizer) throws Exception {
        Set<List<String>> digests = new HashSet<>();
        for (int workers : new int[] {1, 2, 4}) {
            NotFiniteTest.train(job(optimizer), true, workers).forEach(seen -> digests.add(seen.digests()));
        }
        assertThat(digests).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aStepThatIsLeftOutIsNone(String optimizer) {
        TrainingState whole = NotFiniteTest.state(job(optimizer));
        TrainingState skipping = NotFiniteTest.state(job(optimizer));
        for (int step = 1; step <= 3; step++) {
            step(whole, step);
            step(skipping, step);
            leaveOut(skipping);
        }
        assertThat(digest(skipping)).isEqualTo(digest(whole));
        assertThat(skipping.step()).isEqualTo(6);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void whoTakesTheStateOverOrGoesOnFromACheckpointGoesOnAsItsSource(String optimizer) {
        TrainingState source = NotFiniteTest.state(job(optimizer));
        step(source, 1);
        leaveOut(source);
        step(source, 2);
        TrainingState joined = NotFiniteTest.state(job(optimizer));
        joined.takeOver(source.flat(), source.batchesTracked(), source.step(), source.leftOutInARow());
        TrainingState restored = NotFiniteTest.state(job(optimizer));
        restored.restore(source.modelState());
        ModelState copy = source.modelState().copy();
        TrainingState resumed = NotFiniteTest.state(job(optimizer), Optional.of(copy));
        for (TrainingState other : List.of(joined, restored, resumed)) {
            assertThat(digest(other)).isEqualTo(digest(source));
        }
        step(source, 3);
        for (TrainingState other : List.of(joined, restored, resumed)) {
            step(other, 3);
            assertThat(digest(other)).isEqualTo(digest(source));
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aRunThatWasResumedEndsWithTheBitsOfOneThatNeverStopped(String optimizer, @TempDir Path directory) {
        Job job = LocalTraining.job(Map.of("model", "mlp", "steps", "6", "optimizer", optimizer, "lr", "0.01"));
        Path whole = directory.resolve("whole");
        String digest = LocalTraining.run(job, whole, Optional.empty(), 4);
        Path middle = whole.resolve("checkpoints/step-00000004");
        assertThat(LocalTraining.run(job, directory.resolve("resumed"), Optional.of(middle), 4))
                .isEqualTo(digest);
    }

    @Test
    void aCheckpointOfAnotherOptimizerIsRefusedWithBothNames(@TempDir Path directory) {
        Path run = directory.resolve("run");
        LocalTraining.run(LocalTraining.job(Map.of("model", "mlp", "steps", "1")), run, Optional.empty(), 0);
        for (String other : optimizers()) {
            if (!other.equals("sgd")) {
                Job job = LocalTraining.job(Map.of("model", "mlp", "steps", "1", "optimizer", other));
                Path out = directory.resolve(other);
                assertThatThrownBy(() -> LocalTraining.run(job, out, Optional.of(run), 0))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining(
                                "belongs to another job: --optimizer is sgd there, " + other + " here. To");
            }
        }
    }
}
