/**
 * The training step and the loop around it.
 *
 * <p>A step, in the order of things: every shard of this worker runs forward and backward on a thread of its own
 * ({@link io.syncbn.worker.train.ShardStep}), meeting the others in each normalization layer and offering each chunk of
 * the gradient as soon as it is final; then the sums of loss and normalization statistics are offered ({@link
 * io.syncbn.worker.train.CommitSum}); and when the collective says that the step is committed, and only then, weights,
 * optimizer state and running statistics change together ({@link io.syncbn.worker.train.TrainingState}). A step that is
 * not committed leaves no trace.
 *
 * <p>All workers compute the same update from the same sums, so nothing but sums travels. The worker that has shard 0
 * also writes the run, through {@link io.syncbn.worker.record}.
 */
package io.syncbn.worker.train;
