/**
 * One worker: the process that trains its share of a job, or evaluates a checkpoint. This package connects the parts:
 * {@link io.syncbn.worker.session} talks with the coordinator, {@link io.syncbn.worker.train} computes, and {@link
 * io.syncbn.worker.record} writes the run.
 */
package io.syncbn.worker;
