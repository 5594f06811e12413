package io.syncbn.worker.record;

import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.tensorboard.LayerTags;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Copies of what the normalization layers have after a step: scales, running statistics, and the gradients of the step's
 * mean loss by scales and shifts, before clipping.
 *
 * @param byTag as TensorBoard shows them
 */
public record NormTensors(Map<String, float[]> byTag) {

    /**
     * Copies a few thousand numbers, and no others.
     *
     * @param gradient sum over the examples of the global batch, laid out as the weights
     */
    static NormTensors copy(Replica replica, float[] gradient, long examples) {
        Map<String, float[]> byTag = new LinkedHashMap<>();
        for (Entry entry : replica.parameters().entries()) {
            if (entry.role() == Role.NORM_SCALE) {
                byTag.put(LayerTags.of(entry.name()), entry.read(replica.weights()));
            }
            if (entry.role() == Role.NORM_SCALE || entry.role() == Role.NORM_SHIFT) {
                float[] sums = entry.read(gradient);
                for (int i = 0; i < sums.length; i++) {
                    sums[i] /= examples;
                }
                byTag.put(LayerTags.ofGradient(entry.name()), sums);
            }
        }
        for (Entry entry : replica.statistics().entries()) {
            byTag.put(LayerTags.of(entry.name()), entry.read(replica.runningStatistics()));
        }
        return new NormTensors(byTag);
    }
}
