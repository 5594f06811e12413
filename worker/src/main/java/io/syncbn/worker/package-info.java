/**
 * One worker: the process that trains its share of a job, and a checkpoint against a data set. It puts the parts together:
 * {@link io.syncbn.worker.session} talks with the coordinator, {@link io.syncbn.worker.train} computes, and {@link
 * io.syncbn.worker.record} writes the run.
 */
package io.syncbn.worker;
