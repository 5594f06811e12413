package io.syncbn.worker.nn;

/** Makes a normalization for each shard. */
public interface NormFactory extends LayerFactory {

    /** The same with a ReLU fused: forward gives max(0, y), and backward masks by it. */
    NormFactory withRelu();

    @Override
    Norm create(ShardMemory memory);
}
