/**
 * How weights follow from parameters: as they are, normalized (weight normalization), or standardized.
 *
 * <p>Every shard computes its weights anew in each forward pass. All sums run over one output's weights, in float64.
 */
package io.syncbn.worker.nn.weights;
