package io.syncbn.deploy.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Virtual time: what is to happen, in the order of its time, and of its being asked for where times are equal. */
final class World {
    private record Due(long nanos, long order, Runnable work) {}

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
    private final Random random;
    private long nowNanos;
    private long order;

    World(long seed) {
        random = new Random(seed);
    }

    long nowNanos() {
        return nowNanos;
    }

    void after(long nanos, Runnable work) {
        at(nowNanos + nanos, work);
    }

    void at(long nanos, Runnable work) {
        queue.add(new Due(Math.max(nowNanos, nanos), order++, work));
    }

    /** Again and again, for as long as something holds. */
    void every(long nanos, BooleanSupplier goesOn, Runnable work) {
        after(nanos, () -> {
            if (goesOn.getAsBoolean()) {
                work.run();
                every(nanos, goesOn, work);
            }
        });
    }

    /** Lets the next thing happen; false if there is none before the end. */
    boolean step(long endNanos) {
        if (queue.isEmpty() || queue.peek().nanos > endNanos) {
            return false;
        }
        Due due = queue.poll();
        nowNanos = due.nanos;
        due.work.run();
        return true;
    }

    Random random() {
        return random;
    }

    /** Evenly from a range. */
    long between(long leastNanos, long mostNanos) {
        return leastNanos + (long) (random.nextDouble() * (mostNanos - leastNanos));
    }

    static long millis(double millis) {
        return (long) (millis * 1e6);
    }
}
