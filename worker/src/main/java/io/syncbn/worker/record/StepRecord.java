package io.syncbn.worker.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * A committed step, as a line of metrics.jsonl.
 *
 * @param step number, from 1
 * @param epoch passes over the data after this step; a fraction
 * @param loss mean over the global batch
 * @param accuracy over the global batch, in training mode
 * @param learningRate used
 * @param examples in the global batch
 * @param skipped whether it was skipped, because it had numbers that were not finite; written only if true
 * @param overtaken whether it was committed before this worker had done its share, because another one computes its
 *     shards as well; written only if true
 * @param noise null where it cannot be told: shards share batch statistics, the step was skipped, or one shard had all its
 *     examples; then its fields are not written
 * @param split where its time went
 */
public record StepRecord(
        long step,
        double epoch,
        double loss,
        double accuracy,
        double learningRate,
        long examples,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean skipped,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean overtaken,
        @JsonUnwrapped GradientNoise noise,
        @JsonUnwrapped StepSplit split) {}
