package io.syncbn.worker.train;

import io.syncbn.worker.nn.MomentsReducer.Direction;
import io.syncbn.worker.record.LayerWaits;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Adds up how long a shard waits for moments, by normalization layer and direction. Not thread-safe. */
final class LayerClocks {
    private final WaitClock[] forward;
    private final WaitClock[] backward;

    LayerClocks(int layers, LongSupplier nanoClock) {
        forward = clocks(layers, nanoClock);
        backward = clocks(layers, nanoClock);
    }

    private static WaitClock[] clocks(int layers, LongSupplier nanoClock) {
        return Stream.generate(() -> new WaitClock(nanoClock)).limit(layers).toArray(WaitClock[]::new);
    }

    WaitClock of(Direction direction, int layer) {
        return direction == Direction.FORWARD ? forward[layer] : backward[layer];
    }

    /** All waiting since the last call. */
    LayerWaits take() {
        return new LayerWaits(take(forward), take(backward));
    }

    private static long[] take(WaitClock[] clocks) {
        long[] nanos = new long[clocks.length];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = clocks[i].takeNanos();
        }
        return nanos;
    }
}
