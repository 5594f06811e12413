package io.syncbn.worker.nn;

/**
 * The gradient of one layer's weights, left for later. Nothing in backward waits for it, so it is computed while the sum of
 * a normalization layer's moments is under way. Gradients are said to be final only when it is there. For one thread.
 */
final class DeferredWeightGradient {
    private static final int NOTHING = -1;

    private Runnable work;
    private int completeFrom = NOTHING;

    /** Leaves work for later; what was left before must be done. */
    void leave(Runnable later) {
        work = later;
    }

    /** Forgets what a backward that did not come to its end has left. */
    void clear() {
        work = null;
        completeFrom = NOTHING;
    }

    /** Tells the pass that gradients are final from an offset on, as soon as what was left is done. */
    void completeFrom(int offset, Pass pass) {
        if (work == null) {
            pass.gradientsCompleteFrom().accept(offset);
        } else {
            completeFrom = offset;
        }
    }

    /** Does what was left, if anything was. */
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
