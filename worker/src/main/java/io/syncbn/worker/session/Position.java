package io.syncbn.worker.session;

import io.syncbn.proto.v1.Align;
import java.util.List;

/**
 * Where a replica stands when it rests.
 *
 * @param step steps committed in its state
 * @param digest SHA-256 (hex) of model and optimizer
 * @param batchesTracked batches that the running statistics have seen
 * @param dataStatistics the sums by which data is normalized, over all shards; empty if not known yet
 * @param leftOutInARow how many steps, up to the last, were left out in a row
 */
public record Position(long step, String digest, long batchesTracked, List<Double> dataStatistics, int leftOutInARow) {

    public Position {
        dataStatistics = List.copyOf(dataStatistics);
    }

    /** Whether it is where the generation is to begin. */
    boolean isAt(Align align) {
        return step == align.getStep()
                && digest.equals(align.getStateDigest())
                && dataStatistics.equals(align.getDataStatisticsList());
    }
}
