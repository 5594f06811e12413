package io.syncbn.coordinator.rounds;

import java.util.List;

/**
 * A sum that has waited for parts for longer than the others.
 *
 * @param round in words
 * @param isOfStep whether it is a part of a step, and not of an evaluation or of the data's statistics
 * @param openedNanos when its first part came
 * @param workers those because of whom it waits
 */
public record Awaited(String round, boolean isOfStep, long openedNanos, List<Integer> workers) {}
