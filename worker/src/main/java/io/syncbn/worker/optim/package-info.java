/**
 * How weights change: {@link io.syncbn.worker.optim.LearningRate} says how much, an
 * {@link io.syncbn.worker.optim.Optimizer} how, and {@link io.syncbn.worker.optim.Slots} are what it remembers.
 *
 * <p>Every replica computes the same update from the same sums, so nothing here may depend on the worker, the number of
 * threads, or the width of the processor's vectors.
 */
package io.syncbn.worker.optim;
