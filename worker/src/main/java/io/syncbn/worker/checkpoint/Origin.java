package io.syncbn.worker.checkpoint;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.nn.Description;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a run's states come from: everything that determines their bits, and what computes them.
 *
 * @param dataDigest SHA-256 (hex) of the data
 * @param model its layers
 * @param arithmetic SHA-256 (hex) of what a probe computes
 * @param computedWith versions and instruction sets, for people
 * @param data what it is, without the statistics
 */
public record Origin(
        Job job,
        String dataDigest,
        Description model,
        String arithmetic,
        Map<String, String> computedWith,
        DataDescription data) {

    public Origin {
        computedWith = new TreeMap<>(computedWith);
    }
}
