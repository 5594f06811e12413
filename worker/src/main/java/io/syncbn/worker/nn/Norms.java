package io.syncbn.worker.nn;

/**
 * The normalizers that a model may ask for without knowing them.
 *
 * @param ofJob the one that the job asks for
 * @param batch batch normalization, with the job's settings
 */
public record Norms(Normalizer ofJob, Normalizer batch) {}
