package io.syncbn.coordinator.membership;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Workers' faults, by name: who breaks generations, who comes and goes, and which fault came last. Immutable.
 *
 * @param fault the fault of the last worker to fail; empty if a step has been committed since
 * @param sameFaults how many in a row had that fault
 * @param damages by name, of workers at whose connections generations broke
 * @param departures by name, of workers that have left or were lost
 */
record FaultHistory(String fault, int sameFaults, Map<String, Damages> damages, Map<String, Departures> departures) {
    static final FaultHistory NONE = new FaultHistory("", 0, Map.of(), Map.of());

    /** Damages fewer steps apart than this are counted together. */
    private static final int STEPS_TO_FORGIVE = 100;

    /** How often a worker may depart, less than {@link #CALM_NANOS} apart, before it has to wait. */
    private static final int FREE_DEPARTURES = 3;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_DOUBLINGS = 5;
    private static final long CALM_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Bounds memory: names are chosen by those that join. */
    private static final int MOST_NAMES = 1000;

    /** Of one worker: how many, and at which step the last one occurred. */
    record Damages(int count, long step) {}

    /** Of one worker: how many, and when the last one was. */
    record Departures(int count, long nanos) {}

    FaultHistory {
        damages = Map.copyOf(damages);
        departures = Map.copyOf(departures);
    }

    /** A step was committed: forgets the last fault, since the job goes on. */
    FaultHistory committed() {
        return sameFaults == 0 ? this : new FaultHistory("", 0, damages, departures);
    }

    /** A worker has failed, by a fault of its own. */
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

    /** A worker has departed, for whatever reason. */
    FaultHistory gone(String name, long nowNanos) {
        Departures before = departures.get(name);
        return with(
                name, new Departures(before == null || isForgiven(before, nowNanos) ? 1 : before.count + 1, nowNanos));
    }

    /** A worker was evicted because it harms the others: it has to wait, even after its first departure. */
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

    /** How long a worker still has to wait for a seat: 0 for most, and at most 32 s. */
    long pauseNanos(String name, long nowNanos) {
        Departures past = departures.get(name);
        return past == null ? 0 : Math.max(0, past.nanos + pauseNanos(past.count) - nowNanos);
    }

    /** Why a member has no seat, for messages. */
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
