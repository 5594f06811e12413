package io.syncbn.proto.rounds;

import io.syncbn.proto.sums.SumKind;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** The sums that are complete, of which no part may be added again: a bit each, because a pass over the data has many. */
final class CompleteRounds {

    private record Series(long step, SumKind kind, int group) {
        static Series of(RoundId id) {
            return new Series(id.step(), id.kind(), id.group());
        }
    }

    private final Map<Series, BitSet> indices = new HashMap<>();

    void add(RoundId id) {
        indices.computeIfAbsent(Series.of(id), absent -> new BitSet()).set(id.index());
    }

    boolean contains(RoundId id) {
        BitSet complete = indices.get(Series.of(id));
        return complete != null && complete.get(id.index());
    }

    /** Forgets those that are past once so many steps are committed. */
    void forget(long committedStep) {
        indices.keySet().removeIf(series -> series.step < series.kind.stepAfter(committedStep));
    }

    int size() {
        return indices.values().stream().mapToInt(BitSet::cardinality).sum();
    }
}
