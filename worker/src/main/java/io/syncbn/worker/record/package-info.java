/**
 * Everything that a run leaves behind: its lines, checkpoints and result, and what a worker tells Prometheus.
 *
 * <p>{@link io.syncbn.worker.record.Recording} is this worker's part in it, called by the training thread. What is written is
 * written by threads of its own: a disk that hangs or is full holds no step up ({@link io.syncbn.worker.record.MetricsLog},
 * {@link io.syncbn.worker.record.CheckpointWriter}). Nothing here knows how a step is computed.
 */
package io.syncbn.worker.record;
