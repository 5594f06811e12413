package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import java.util.Map;

/**
 * What a process trains, and computes with.
 *
 * @param data closed by its owner
 * @param replicas with the state from which training goes on
 * @param computedWith as {@code RunFacts.computedWith} has it
 * @param threads that the process computes with
 */
public record Setup(
        Job job,
        DecodedDataset data,
        Arithmetic arithmetic,
        Replicas replicas,
        Map<String, String> computedWith,
        int threads) {

    /** What its checkpoints come from. */
    public Origin origin() {
        return new Origin(
                job,
                data.digest(),
                replicas.definition().description(),
                arithmetic.digest(),
                computedWith,
                DataDescription.of(data));
    }
}
