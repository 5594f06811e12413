package io.syncbn.coordinator.rounds;

import java.util.List;

/**
 * A sum that has waited for parts for longer than the others.
 *
 * @param round in words
 * @param openedNanos when its first part came
 * @param workers those because of whom it waits
 */
public record Awaited(String round, long openedNanos, List<Integer> workers) {}
