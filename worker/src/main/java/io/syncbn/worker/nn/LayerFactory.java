package io.syncbn.worker.nn;

/** A layer of a {@link ModelDefinition}: shapes and places of parameters are fixed, memory is not there yet. */
@FunctionalInterface
interface LayerFactory {
    Layer create(ShardMemory memory);
}
