package io.syncbn.worker.nn;

/** Makes a layer for each shard: shapes and places of parameters are known, memory comes from the shard. */
@FunctionalInterface
public interface LayerFactory {
    Layer create(ShardMemory memory);
}
