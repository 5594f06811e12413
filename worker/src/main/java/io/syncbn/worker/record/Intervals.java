package io.syncbn.worker.record;

import java.time.Duration;

/**
 * How often a run is evaluated and its state kept.
 *
 * @param checkpointEvery steps between checkpoints; 0: at the end of every epoch
 * @param checkpointTime longest time between checkpoints; zero: only the number of steps counts
 * @param evaluateEvery steps between evaluations; 0: at the end of every epoch
 */
public record Intervals(long checkpointEvery, Duration checkpointTime, long evaluateEvery) {}
