package io.syncbn.worker.record;

/**
 * What a job ends with.
 *
 * @param steps done
 * @param epochs passes over the data; a fraction
 * @param weightsSha256 digest of model and optimizer
 */
public record RunResult(long steps, double epochs, String weightsSha256) {}
