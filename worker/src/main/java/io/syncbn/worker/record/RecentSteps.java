package io.syncbn.worker.record;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The newest steps that this worker has seen committed, in any generation. No step waits for its line: a writer that is
 * killed takes some with it, and whoever writes next tells of them.
 */
final class RecentSteps implements RunListener {
    /** Many more than wait for a disk that works. */
    static final int MOST_KEPT = 1000;

    private final Deque<StepRecord> steps = new ArrayDeque<>();

    @Override
    public void stepped(StepRecord step) {
        while (!steps.isEmpty() && steps.getLast().step() >= step.step()) {
            steps.removeLast();
        }
        steps.addLast(step);
        if (steps.size() > MOST_KEPT) {
            steps.removeFirst();
        }
    }

    /** In their order; none after that one. */
    List<StepRecord> upTo(long last) {
        return steps.stream().filter(step -> step.step() <= last).toList();
    }
}
