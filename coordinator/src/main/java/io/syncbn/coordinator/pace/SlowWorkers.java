package io.syncbn.coordinator.pace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which workers make the others wait. Belongs to one thread and one generation.
 *
 * <p>A worker is slow if in two steps in a row the others waited for it alone for more than half of the step. It is named
 * then, and again only after some steps.
 */
public final class SlowWorkers {
    private static final int STEPS_IN_A_ROW = 2;
    private static final int STEPS_UNTIL_NAMED_AGAIN = 20;

    private final int[] slowInARow;
    private final long[] namedAtStep;

    public SlowWorkers(int workers) {
        slowInARow = new int[workers];
        namedAtStep = new long[workers];
        Arrays.fill(namedAtStep, -STEPS_UNTIL_NAMED_AGAIN);
    }

    /**
     * A step was committed.
     *
     * @param stepNanos since the commit before
     * @param waitedNanos by worker's number, for how long the others waited for it alone
     * @return the numbers of those that are to be named now
     */
    public List<Integer> committed(long step, long stepNanos, List<Long> waitedNanos) {
        List<Integer> named = new ArrayList<>();
        for (int worker = 0; worker < slowInARow.length; worker++) {
            slowInARow[worker] = waitedNanos.get(worker) > stepNanos / 2 ? slowInARow[worker] + 1 : 0;
            if (slowInARow[worker] >= STEPS_IN_A_ROW && step - namedAtStep[worker] >= STEPS_UNTIL_NAMED_AGAIN) {
                namedAtStep[worker] = step;
                named.add(worker);
            }
        }
        return named;
    }
}
