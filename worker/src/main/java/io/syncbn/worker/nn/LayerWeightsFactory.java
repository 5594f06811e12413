package io.syncbn.worker.nn;

/** Makes the weights of one layer for each shard. */
@FunctionalInterface
public interface LayerWeightsFactory {
    LayerWeights create(ShardMemory memory);
}
