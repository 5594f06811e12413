package io.syncbn.coordinator.membership;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What is held against workers, by name: who breaks generations, who comes and goes, and which fault came last. Immutable.
 *
 * @param fault what the last worker to fail failed of; empty if a step has been committed since
 * @param sameFaults how many in a row failed of it
 * @param damages by name, of workers from whose connections damages came
 * @param departures by name, of workers that have gone
 */
record FaultHistory(String fault, int sameFaults, Map<String, Damages> damages, Map<String, Departures> departures) {
    static final FaultHistory NONE = new FaultHistory("", 0, Map.of(), Map.of());

    /** Damages with fewer steps than this between each are counted together. */
    private static final int STEPS_TO_FORGIVE = 100;

    /** So often a worker may go, with less than {@link #CALM_NANOS} between, before it has to wait. */
    private static final int FREE_DEPARTURES = 3;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_DOUBLINGS = 5;
    private static final long CALM_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Names are chosen by those who join, and there may be no end of them. */
    private static final int MOST_NAMES = 1000;

    /** Of one worker: how many, and at which step the last one came. */
    record Damages(int count, long step) {}

    /** Of one worker: how many, and when it last went. */
    record Departures(int count, long nanos) {}

    FaultHistory {
        damages = Map.copyOf(damages);
        departures = Map.copyOf(departures);
    }

    /** A step was committed: whatever failed before, the job goes on. */
    FaultHistory committed() {
        return sameFaults == 0 ? this : new FaultHistory("", 0, damages, departures);
    }

    /** A worker has failed of something that is its own. */
    FaultHistory failed(String how) {
        return new FaultHistory(how, how.equals(fault) ? sameFaults + 1 : 1, damages, departures);
    }

    /** A generation broke at a worker's connection. */
    FaultHistory damaged(String name, long step) {
        Damages before = damages.get(name);
        boolean isRelapse = before != null && step - before.step < STEPS_TO_FORGIVE;
        Map<String, Damages> next = new HashMap<>(damages);
        next.put(name, new Damages(isRelapse ? before.count + 1 : 1, step));
        if (next.size() > MOST_NAMES) {
            next.remove(oldest(next, Comparator.comparingLong(Damages::step)));
        }
        return new FaultHistory(fault, sameFaults, next, departures);
    }

    int damagesOf(String name) {
        return damages.containsKey(name) ? damages.get(name).count : 0;
    }

    /** A worker has gone, however. */
    FaultHistory gone(String name, long nowNanos) {
        Departures before = departures.get(name);
        return with(
                name, new Departures(before == null || isForgiven(before, nowNanos) ? 1 : before.count + 1, nowNanos));
    }

    /** A worker had to go because it does the others no good: it is to wait, even if it went for the first time. */
    FaultHistory sentAway(String name, long nowNanos) {
        Departures before = departures.get(name);
        int count = before == null || isForgiven(before, nowNanos) ? 0 : before.count;
        return with(name, new Departures(Math.max(count, FREE_DEPARTURES) + 1, nowNanos));
    }

    private FaultHistory with(String name, Departures now) {
        Map<String, Departures> next = new HashMap<>(departures);
        next.put(name, now);
        if (next.size() > MOST_NAMES) {
            next.remove(oldest(next, Comparator.comparingLong(Departures::nanos)));
        }
        return new FaultHistory(fault, sameFaults, damages, next);
    }

    private static <T> String oldest(Map<String, T> byName, Comparator<T> order) {
        return byName.entrySet().stream()
                .min(Map.Entry.<String, T>comparingByValue(order).thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    private static boolean isForgiven(Departures past, long nowNanos) {
        return nowNanos - past.nanos >= pauseNanos(past.count) + CALM_NANOS;
    }

    /** For how long a worker has yet to wait until it is dealt a place again: nothing for most, and at most 32 s. */
    long pauseNanos(String name, long nowNanos) {
        Departures past = departures.get(name);
        return past == null ? 0 : Math.max(0, past.nanos + pauseNanos(past.count) - nowNanos);
    }

    /** Why a worker that is there has no place, in words. */
    String hasToRest(String name, long nowNanos) {
        return name + " has come and gone " + departuresOf(name) + " times lately, and waits for "
                + TimeUnit.NANOSECONDS.toMillis(pauseNanos(name, nowNanos)) + " ms before it gets a place again";
    }

    private static long pauseNanos(int count) {
        return count <= FREE_DEPARTURES
                ? 0
                : FIRST_PAUSE_NANOS << Math.min(count - FREE_DEPARTURES - 1, MOST_DOUBLINGS);
    }

    private int departuresOf(String name) {
        return departures.containsKey(name) ? departures.get(name).count : 0;
    }
}
