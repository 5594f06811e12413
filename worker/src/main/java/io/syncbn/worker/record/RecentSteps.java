package io.syncbn.worker.record;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The newest steps that this worker has seen committed, in any generation. Lines are written asynchronously, so a
 * killed writer loses some; the next writer adds them from here.
 */
final class RecentSteps implements RunListener {
    /** Far more than ever wait for a disk that works. */
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

    /** The steps up to {@code last}, in order. */
    List<StepRecord> upTo(long last) {
        return steps.stream().filter(step -> step.step() <= last).toList();
    }
}
