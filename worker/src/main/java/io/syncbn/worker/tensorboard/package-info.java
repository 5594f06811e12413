/**
 * Event files, as TensorBoard reads them: records, values under TensorBoard's tags, hyperparameters of the HParams tab,
 * histograms. {@link io.syncbn.worker.tensorboard.RunEvents} writes those of a run, be it under way or done.
 */
package io.syncbn.worker.tensorboard;
