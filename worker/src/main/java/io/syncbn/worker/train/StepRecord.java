package io.syncbn.worker.train;

/**
 * What there is to tell of a committed step: a line of metrics.jsonl.
 *
 * @param step number, from 1
 * @param epoch passes over the data after this step; a fraction
 * @param loss mean over the global batch
 * @param accuracy over the global batch, in training mode
 * @param learningRate used
 * @param examples in the global batch
 * @param stepMillis wall time
 * @param syncMillis of it, waiting for sums: the mean over this worker's shards for moments, and the wait for the commit
 */
record StepRecord(
        long step,
        double epoch,
        double loss,
        double accuracy,
        double learningRate,
        long examples,
        double stepMillis,
        double syncMillis) {}
