package io.syncbn.worker.session;

import io.syncbn.proto.v1.Align;
import java.util.List;

/**
 * The state of a replica at rest, in brief.
 *
 * @param step steps committed in its state
 * @param digest SHA-256 (hex) of model and optimizer
 * @param batchesTracked batches that the running statistics have seen
 * @param dataStatistics the sums by which data is normalized, over all shards; empty if not known yet
 * @param leftOutInARow how many steps in a row, up to the last, were skipped because of numbers that are not finite
 */
public record Position(long step, String digest, long batchesTracked, List<Double> dataStatistics, int leftOutInARow) {

    public Position {
        dataStatistics = List.copyOf(dataStatistics);
    }

    /** Whether this is the state with which the generation begins. */
    boolean isAt(Align align) {
        return step == align.getStep()
                && digest.equals(align.getStateDigest())
                && dataStatistics.equals(align.getDataStatisticsList());
    }
}
