/**
 * How weights change: {@link io.syncbn.worker.optim.LearningRate} says how much, {@link io.syncbn.worker.optim.Sgd} how.
 *
 * <p>Every replica computes the same update from the same sums, so nothing here may depend on the worker, the number of
 * threads, or the width of the processor's vectors.
 */
package io.syncbn.worker.optim;
