package io.syncbn.coordinator.service;

import java.util.concurrent.Executor;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tasks for the writer thread. Those that somebody waits for go before bulk; within each class they run in the order in
 * which they came. What a stream brings is all of one class; only the news that it broke may overtake.
 *
 * <p>Any thread may add, one thread runs. Has no bound of its own; see the package on why it does not grow.
 */
public final class Mailbox {
    private final PriorityBlockingQueue<Task> tasks = new PriorityBlockingQueue<>();
    private final AtomicLong added = new AtomicLong();
    private final Executor urgent = task -> add(0, task);
    private final Executor bulk = task -> add(1, task);

    /** For control messages, moments and time. */
    public Executor urgent() {
        return urgent;
    }

    /** For gradients. */
    public Executor bulk() {
        return bulk;
    }

    /** Runs the next task, or returns after waiting in vain. */
    public void runNext(long waitNanos) throws InterruptedException {
        Task task = tasks.poll(waitNanos, TimeUnit.NANOSECONDS);
        if (task != null) {
            task.work().run();
        }
    }

    private void add(int priority, Runnable work) {
        tasks.add(new Task(priority, added.getAndIncrement(), work));
    }

    private record Task(int priority, long number, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int order = Integer.compare(priority, other.priority);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }
}
