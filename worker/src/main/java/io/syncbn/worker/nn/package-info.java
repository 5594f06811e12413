/**
 * Layers and the model they make.
 *
 * <p>Activations are float32, N × H × W × C. Each shard has layers of its own (a shard is a logical device), all of which
 * read the worker's one {@link io.syncbn.worker.nn.Replica}; nothing here changes the replica. Gradients are sums over
 * examples, divided by the global batch's count only when weights are updated.
 */
package io.syncbn.worker.nn;
