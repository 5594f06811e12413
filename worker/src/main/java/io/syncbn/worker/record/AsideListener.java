package io.syncbn.worker.record;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Decouples a listener from the training thread: queues events and delivers them in order on another thread, where the
 * listener may block. Called by the training thread, which never waits here.
 */
final class AsideListener implements RunListener {
    /** Most events in the queue, some megabytes; beyond that the oldest steps are dropped. */
    static final int MOST_KEPT = 10_000;

    /** Most copies of tensors in the queue, each of up to some hundred kilobytes. */
    static final int MOST_TENSORS = 8;

    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final String name;
    private final Supplier<RunListener> maker;
    private final Executor thread;
    private final Runnable failures;
    private final Deque<Event> kept = new ArrayDeque<>();
    /** Whether a delivery is scheduled and has not begun. */
    private boolean isAsked;
    /** Events dropped since the queue was last empty. */
    private long lost;

    /** Null until it is made; used by the delivering thread only, like {@link #failing}. */
    private RunListener listener;

    /** The method that failed last, until it works again; a listener may do nothing in the others. */
    private Optional<String> failing = Optional.empty();

    /**
     * A call to deliver.
     *
     * @param method its name
     * @param isOfStep whether it may be dropped when the queue is full
     */
    private record Event(String method, Consumer<RunListener> call, boolean isOfStep) {
        static final String TENSORS = "normalization";

        boolean hasTensors() {
            return method.equals(TENSORS);
        }
    }

    /**
     * Queues events for a listener.
     *
     * @param name for the log
     * @param maker makes the listener, in the thread
     * @param thread runs one task after another
     * @param failures run for every event that was dropped, or at which the listener has failed
     */
    AsideListener(String name, Supplier<RunListener> maker, Executor thread, Runnable failures) {
        this.name = name;
        this.maker = maker;
        this.thread = thread;
        this.failures = failures;
    }

    @Override
    public void begins(long step) {
        add(new Event("begins", told -> told.begins(step), false));
    }

    @Override
    public void steppedBefore(StepRecord step) {
        add(new Event("steppedBefore", told -> told.steppedBefore(step), true));
    }

    @Override
    public void stepped(StepRecord step) {
        add(new Event("stepped", told -> told.stepped(step), true));
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        add(new Event("evaluated", told -> told.evaluated(step, epoch, evaluation), true));
    }

    @Override
    public void normalization(long step, NormTensors tensors) {
        add(new Event(Event.TENSORS, told -> told.normalization(step, tensors), true));
    }

    @Override
    public void finished(RunResult result, RunFacts facts) {
        add(new Event("finished", told -> told.finished(result, facts), false));
    }

    @Override
    public void ended(RunEnd end) {
        add(new Event("ended", told -> told.ended(end), false));
    }

    /** Closes the listener after all queued events. */
    @Override
    public void close() {
        add(new Event("close", RunListener::close, false));
    }

    private void add(Event event) {
        synchronized (this) {
            kept.addLast(event);
            if (kept.size() > MOST_KEPT) {
                leaveOutOldest(Event::isOfStep, MOST_KEPT, "steps");
            }
            if (event.hasTensors() && kept.stream().filter(Event::hasTensors).count() > MOST_TENSORS) {
                leaveOutOldest(Event::hasTensors, MOST_TENSORS, "histograms");
            }
            if (isAsked) {
                return;
            }
            isAsked = true;
        }
        thread.execute(this::tellAll);
    }

    private void leaveOutOldest(Predicate<Event> mayBeDropped, int most, String what) {
        Iterator<Event> events = kept.iterator();
        while (events.hasNext()) {
            if (mayBeDropped.test(events.next())) {
                events.remove();
                failures.run();
                if (lost++ == 0) {
                    LOG.log(
                            Level.WARNING,
                            "listener {0} is more than {1} {2} behind: it will not hear of the oldest; training goes on",
                            name,
                            most,
                            what);
                }
                return;
            }
        }
    }

    private void tellAll() {
        synchronized (this) {
            isAsked = false;
        }
        for (Event event = next(); event != null; event = next()) {
            tell(event);
        }
    }

    private synchronized Event next() {
        if (kept.isEmpty() && lost > 0) {
            LOG.log(Level.WARNING, "listener {0} has caught up; {1} events were dropped", name, lost);
            lost = 0;
        }
        return kept.pollFirst();
    }

    /** Catches everything: a listener's failure must not affect training or other listeners. */
    private void tell(Event event) {
        try {
            if (listener == null) {
                listener = maker.get();
            }
            event.call().accept(listener);
            if (failing.equals(Optional.of(event.method()))) {
                failing = Optional.empty();
                LOG.log(Level.INFO, "listener {0} works again", name);
            }
        } catch (RuntimeException | Error e) {
            failures.run();
            boolean isFirst = failing.isEmpty();
            failing = Optional.of(event.method());
            if (isFirst) {
                LOG.log(Level.ERROR, "listener " + name + " has failed; training goes on", e);
            }
        }
    }
}
