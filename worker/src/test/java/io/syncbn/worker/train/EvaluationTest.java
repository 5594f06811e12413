package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.record.Evaluation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A model on test rows: the same numbers however large batches of training are, and none that are no numbers. */
class EvaluationTest {
    private static final float HUGE = 3e38f;

    private static Job job(String model, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("model", model);
        return LocalTraining.job(settings);
    }

    /** @param spoiled a parameter that is too large for the sum of any product */
    private static Evaluation evaluate(Job job, Optional<String> spoiled) {
        try (DecodedDataset data = new PoisonedData(0).undecoded()) {
            Replicas replicas = Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
            float[] weights = replicas.initialState().replica().weights();
            for (Entry entry : replicas.definition().parameters().entries()) {
                if (spoiled.equals(Optional.of(entry.name()))) {
                    Arrays.fill(weights, entry.offset(), entry.offset() + entry.size(), HUGE);
                }
            }
            try (LocalCollective collective = new LocalCollective(job.batches().shards(), job.groupSize());
                    LocalShards shards = LocalTraining.shards(job, data, replicas, collective)) {
                return shards.evaluation(0);
            }
        }
    }

    @Test
    void theFirstLayerThatIsNotFiniteIsNamed() {
        assertThatThrownBy(() -> evaluate(job("mlp", Map.of()), Optional.of("fc2.weight")))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching("step 0: shard \\d: in the evaluation, the output of dense fc2 is not finite; .*");
        String model = TrajectoryModel.class.getName();
        assertThatThrownBy(() -> evaluate(job(model, Map.of()), Optional.of("same.conv1.weight")))
                .hasMessageMatching("step 0: shard \\d: in the evaluation, the output of .*same.* is not finite; .*");
    }

    @Test
    void whereStepsMayBeLeftOutTheResultIsNoNumber() {
        Evaluation evaluation = evaluate(job("mlp", Map.of("on-nan", "skip")), Optional.of("fc2.weight"));
        assertThat(evaluation.isFinite()).isFalse();
    }

    /** Also without running statistics, where the examples of a batch of test rows see each other. */
    @Test
    void theBatchOfTrainingDoesNotShow() {
        for (String tracked : new String[] {"true", "false"}) {
            Evaluation first = evaluate(tracking(tracked, 1), Optional.empty());
            assertThat(first.isFinite()).isTrue();
            assertThat(evaluate(tracking(tracked, 16), Optional.empty())).isEqualTo(first);
            assertThat(evaluate(tracking(tracked, 20), Optional.empty())).isEqualTo(first);
        }
    }

    private static Job tracking(String tracked, int batch) {
        return job(
                TrajectoryModel.class.getName(),
                Map.of("norm-track-running", tracked, "batch", Integer.toString(batch)));
    }
}
