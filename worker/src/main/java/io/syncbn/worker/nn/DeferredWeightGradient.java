package io.syncbn.worker.nn;

/**
 * The deferred gradient of one layer's weights. Nothing in backward depends on it, so it is computed while the sum of a
 * normalization layer's moments is under way. Gradients are reported as final only when it is done. For one thread.
 */
final class DeferredWeightGradient {
    private static final int NOTHING = -1;

    private Runnable work;
    private int completeFrom = NOTHING;

    /** Defers work; earlier work must be finished. */
    void leave(Runnable later) {
        work = later;
    }

    /** Drops the work of a backward pass that did not finish. */
    void clear() {
        work = null;
        completeFrom = NOTHING;
    }

    /** Tells the pass that gradients are final from an offset on, as soon as the deferred work is done. */
    void completeFrom(int offset, Pass pass) {
        if (work == null) {
            pass.gradientsCompleteFrom().accept(offset);
        } else {
            completeFrom = offset;
        }
    }

    /** Does the deferred work, if there is any. */
    void finish(Pass pass) {
        if (work == null) {
            return;
        }
        work.run();
        work = null;
        if (completeFrom != NOTHING) {
            pass.gradientsCompleteFrom().accept(completeFrom);
            completeFrom = NOTHING;
        }
    }
}
