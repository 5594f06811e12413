package io.syncbn.coordinator.pace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Detects workers that make the others wait, and those that keep up again. Belongs to one thread and one generation.
 *
 * <p>A worker is slow in a step if the others waited for it alone for more than half of it. After two such steps in a
 * row it is named, and again only some steps later; after ten, it is a straggler. A worker that has a backup keeps up
 * as long as it is faster than its backup.
 */
public final class SlowWorkers {
    private static final int STEPS_TO_BE_NAMED = 2;
    private static final int STEPS_UNTIL_NAMED_AGAIN = 20;
    private static final int STEPS_TO_STRAGGLE = 10;
    private static final int STEPS_TO_KEEP_UP = 20;

    private final int[] slowInARow;
    private final int[] beforeInARow;
    private final long[] namedAtStep;

    public SlowWorkers(int workers) {
        slowInARow = new int[workers];
        beforeInARow = new int[workers];
        namedAtStep = new long[workers];
        Arrays.fill(namedAtStep, -STEPS_UNTIL_NAMED_AGAIN);
    }

    /**
     * The findings after a step, by workers' numbers.
     *
     * @param named workers to name in the log now
     * @param straggling workers that were slow for another ten steps in a row
     * @param keepingUp workers that were faster than their backup for another twenty steps in a row, and the number of
     *     such steps so far
     */
    public record Verdict(List<Integer> named, List<Integer> straggling, Map<Integer, Integer> keepingUp) {}

    /**
     * A step was committed.
     *
     * @param stepNanos since the commit before
     * @param waitedNanos by worker's number, how long the others waited for it alone
     * @param before the numbers of workers that have a backup and were faster than it
     */
    public Verdict committed(long step, long stepNanos, List<Long> waitedNanos, List<Integer> before) {
        Verdict verdict = new Verdict(new ArrayList<>(), new ArrayList<>(), new TreeMap<>());
        for (int worker = 0; worker < slowInARow.length; worker++) {
            slowInARow[worker] = waitedNanos.get(worker) > stepNanos / 2 ? slowInARow[worker] + 1 : 0;
            if (slowInARow[worker] >= STEPS_TO_BE_NAMED && step - namedAtStep[worker] >= STEPS_UNTIL_NAMED_AGAIN) {
                namedAtStep[worker] = step;
                verdict.named.add(worker);
            }
            if (isAnother(STEPS_TO_STRAGGLE, slowInARow[worker])) {
                verdict.straggling.add(worker);
            }
            beforeInARow[worker] = before.contains(worker) ? beforeInARow[worker] + 1 : 0;
            if (isAnother(STEPS_TO_KEEP_UP, beforeInARow[worker])) {
                verdict.keepingUp.put(worker, beforeInARow[worker]);
            }
        }
        return verdict;
    }

    private static boolean isAnother(int steps, int inARow) {
        return inARow > 0 && inARow % steps == 0;
    }
}
