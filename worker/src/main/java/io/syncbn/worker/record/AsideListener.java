package io.syncbn.worker.record;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Stands between the training thread and a listener that may do as it likes: has it told of everything, in its order, by a
 * thread that is not the training thread's. Called by the training thread, which never waits here.
 */
final class AsideListener implements RunListener {
    /** How much a listener may be behind: the newest steps, some megabytes. */
    static final int MOST_KEPT = 10_000;

    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final String name;
    private final Supplier<RunListener> maker;
    private final Executor thread;
    private final Runnable failures;
    private final Deque<Event> kept = new ArrayDeque<>();
    /** Whether the thread was asked to tell, and has not begun. */
    private boolean isAsked;
    /** Steps left out since it was last told of everything. */
    private long lost;

    /** Null until it is made; belongs to the thread, as does whether it fails. */
    private RunListener listener;

    private boolean isFailing;

    /** @param isOfStep whether it may be left out when there are too many */
    private record Event(Consumer<RunListener> call, boolean isOfStep) {}

    /**
     * Takes its place.
     *
     * @param name for the log
     * @param maker makes the listener, in the thread
     * @param thread does one thing after another
     * @param failures told of everything of which the listener has not heard, or that it has failed at
     */
    AsideListener(String name, Supplier<RunListener> maker, Executor thread, Runnable failures) {
        this.name = name;
        this.maker = maker;
        this.thread = thread;
        this.failures = failures;
    }

    @Override
    public void begins(long step) {
        add(new Event(told -> told.begins(step), false));
    }

    @Override
    public void steppedBefore(StepRecord step) {
        add(new Event(told -> told.steppedBefore(step), true));
    }

    @Override
    public void stepped(StepRecord step) {
        add(new Event(told -> told.stepped(step), true));
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        add(new Event(told -> told.evaluated(step, epoch, evaluation), true));
    }

    @Override
    public void finished(RunResult result, RunFacts facts) {
        add(new Event(told -> told.finished(result, facts), false));
    }

    /** The listener is closed when it has been told of everything. */
    @Override
    public void close() {
        add(new Event(RunListener::close, false));
    }

    private void add(Event event) {
        synchronized (this) {
            kept.addLast(event);
            if (kept.size() > MOST_KEPT) {
                leaveOutOldest();
            }
            if (isAsked) {
                return;
            }
            isAsked = true;
        }
        thread.execute(this::tellAll);
    }

    private void leaveOutOldest() {
        Iterator<Event> events = kept.iterator();
        while (events.hasNext()) {
            if (events.next().isOfStep()) {
                events.remove();
                failures.run();
                if (lost++ == 0) {
                    LOG.log(
                            Level.WARNING,
                            "listener {0} is more than {1} steps behind: it will not hear of the oldest; training goes on",
                            name,
                            MOST_KEPT);
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
            LOG.log(Level.WARNING, "listener {0} has caught up; it has not heard of {1} steps", name, lost);
            lost = 0;
        }
        return kept.pollFirst();
    }

    /** A listener's mistake, whatever it is, is nobody else's. */
    private void tell(Event event) {
        try {
            if (listener == null) {
                listener = maker.get();
            }
            event.call().accept(listener);
            if (isFailing) {
                isFailing = false;
                LOG.log(Level.INFO, "listener {0} works again", name);
            }
        } catch (RuntimeException | Error e) {
            failures.run();
            if (!isFailing) {
                isFailing = true;
                LOG.log(Level.ERROR, "listener " + name + " has failed; training goes on", e);
            }
        }
    }
}
