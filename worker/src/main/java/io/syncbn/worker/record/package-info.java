/**
 * Everything that a run leaves behind: its metrics lines, checkpoints and result, and a worker's metrics for
 * Prometheus.
 *
 * <p>{@link io.syncbn.worker.record.Recording} is this worker's part in it, called by the training thread. Threads of
 * their own write to disk: one that hangs or is full delays no step ({@link io.syncbn.worker.record.MetricsLog}, {@link
 * io.syncbn.worker.record.CheckpointWriter}). Nothing here knows how a step is computed.
 */
package io.syncbn.worker.record;
