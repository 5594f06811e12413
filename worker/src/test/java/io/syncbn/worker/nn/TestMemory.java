package io.syncbn.worker.nn;

import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.kernels.LinearKernels;
import java.util.List;

/** Memory for one layer by itself. */
public final class TestMemory {
    private TestMemory() {}

    public static ShardMemory of(Replica replica, int maxExamples) {
        return new ShardMemory(replica, maxExamples, LinearKernels.of(Kernels.PORTABLE, 1), ChannelKernels.fastest());
    }

    /** For a layer that has no weights and calls no kernels, and one example. */
    static ShardMemory withoutWeights() {
        ParameterLayout none = new ParameterLayout(List.of());
        return new ShardMemory(new Replica(none, new float[0], none, new float[0]), 1, null, null);
    }
}
