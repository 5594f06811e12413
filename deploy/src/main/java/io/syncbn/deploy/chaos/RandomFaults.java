package io.syncbn.deploy.chaos;

import io.syncbn.deploy.launch.ProcessTable;
import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;
import java.util.ArrayList;
import java.util.List;

/** A list of faults as a pure function of a seed, with time between them for the job to recover. */
public final class RandomFaults {
    /** After the start, and from the end of a fault to the next. */
    private static final int LEAST_GAP_MILLIS = 8_000;

    private static final int MOST_GAP_MILLIS = 16_000;

    /** From a worker's leaving to its coming back. */
    private static final int AWAY_MILLIS = 4_000;

    /** Each kind as often as it is to be drawn, in proportion: kills matter most. */
    private static final List<FaultKind> KINDS = List.of(
            FaultKind.KILL,
            FaultKind.KILL,
            FaultKind.KILL,
            FaultKind.PAUSE,
            FaultKind.PAUSE,
            FaultKind.CUT,
            FaultKind.CUT,
            FaultKind.DELAY,
            FaultKind.THROTTLE,
            FaultKind.CORRUPT,
            FaultKind.CORRUPT,
            FaultKind.DROP,
            FaultKind.FILL,
            FaultKind.DRAIN);

    private final CounterRandom random;
    private final int workers;

    private RandomFaults(CounterRandom random, int workers) {
        this.random = random;
        this.workers = workers;
    }

    /**
     * Draws a list.
     *
     * @param count of faults; where a worker leaves, its return is one more
     * @param workers of the job
     */
    public static List<Fault> draw(long seed, int count, int workers) {
        RandomFaults draw = new RandomFaults(new CounterRandom(seed, Purpose.CHAOS, 0, 0, 0), workers);
        List<Fault> faults = new ArrayList<>();
        long millis = 0;
        for (int i = 0; i < count; i++) {
            millis += draw.between(LEAST_GAP_MILLIS, MOST_GAP_MILLIS);
            Fault fault = draw.fault(Trigger.afterMillis(millis));
            faults.add(fault);
            millis += fault.millis();
            if (fault.verb() == FaultKind.DRAIN) {
                millis += AWAY_MILLIS;
                faults.add(new Fault(
                        Trigger.afterMillis(millis), FaultKind.ADD, fault.target(), LinkDirection.BOTH, 0, 0));
            }
        }
        return faults;
    }

    private Fault fault(Trigger moment) {
        FaultKind verb = KINDS.get(random.nextInt(KINDS.size()));
        boolean isCoordinator = verb == FaultKind.KILL && random.nextInt(4) == 0;
        String target = isCoordinator ? ProcessTable.COORDINATOR : "worker-" + random.nextInt(workers);
        LinkDirection way = verb.isOfLink()
                ? LinkDirection.values()[random.nextInt(LinkDirection.values().length)]
                : LinkDirection.BOTH;
        return switch (verb) {
            // Either side of the five seconds after which silence is a loss.
            case PAUSE, CUT -> new Fault(moment, verb, target, way, 0, between(200, 8_000));
            case DELAY -> new Fault(moment, verb, target, way, between(5, 60), between(1_000, 5_000));
            case THROTTLE ->
                new Fault(
                        moment,
                        verb,
                        target,
                        way,
                        between(300, 3_000) * Fault.BYTES_PER_KILOBYTE,
                        between(1_000, 5_000));
            case FILL -> new Fault(moment, verb, target, way, 0, between(500, 4_000));
            default -> new Fault(moment, verb, target, way, 0, 0);
        };
    }

    /** In whole hundreds where they are large, so that lists read well. */
    private long between(int least, int most) {
        long drawn = least + random.nextInt(most - least + 1);
        return drawn < 500 ? drawn : drawn / 100 * 100;
    }
}
