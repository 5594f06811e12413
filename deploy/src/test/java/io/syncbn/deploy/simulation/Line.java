package io.syncbn.deploy.simulation;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * One stream between a worker and the coordinator: messages arrive in order, or, on one that may reorder, in any. Cutting it
 * loses what is under way and is noticed at both ends; while its link hangs, everything waits.
 */
final class Line {
    private final Link link;
    private final boolean isOrdered;
    private final Process worker;
    private final Process coordinator;
    private final Consumer<String> workerNotices;
    private final Runnable coordinatorNotices;
    private boolean isOpen = true;
    private boolean isEnded;
    private final Queue<Runnable> held = new ArrayDeque<>();
    private long lastUpNanos;
    private long lastDownNanos;

    /**
     * @param workerNotices told how the line broke
     * @param coordinatorNotices told that it broke
     */
    Line(
            Link link,
            boolean isOrdered,
            Process worker,
            Process coordinator,
            Consumer<String> workerNotices,
            Runnable coordinatorNotices) {
        this.link = link;
        this.isOrdered = isOrdered;
        this.worker = worker;
        this.coordinator = coordinator;
        this.workerNotices = workerNotices;
        this.coordinatorNotices = coordinatorNotices;
        link.add(this);
    }

    boolean isOpen() {
        return isOpen;
    }

    /** Carries something to the coordinator. */
    void up(Runnable arrival) {
        long at = link.arrivalNanos();
        if (isOrdered) {
            at = Math.max(at, lastUpNanos);
        }
        lastUpNanos = Math.max(at, lastUpNanos);
        link.world()
                .at(
                        at,
                        () -> arrive(coordinator, () -> {
                            if (!isEnded) {
                                arrival.run();
                            }
                        }));
    }

    /** Carries something to the worker. */
    void down(Runnable arrival) {
        long at = link.arrivalNanos();
        if (isOrdered) {
            at = Math.max(at, lastDownNanos);
        }
        lastDownNanos = Math.max(at, lastDownNanos);
        link.world().at(at, () -> arrive(worker, arrival));
    }

    private void arrive(Process process, Runnable arrival) {
        if (!isOpen) {
            return;
        }
        if (link.isHanging() || !held.isEmpty()) {
            held.add(() -> process.run(arrival));
            if (held.size() == 1) {
                link.world().at(link.hangsUntilNanos(), this::release);
            }
        } else {
            process.run(arrival);
        }
    }

    /** Lets go, in their order, what has waited for the link. */
    private void release() {
        if (link.isHanging()) {
            link.world().at(link.hangsUntilNanos(), this::release);
            return;
        }
        while (isOpen && !held.isEmpty()) {
            held.remove().run();
        }
        held.clear();
    }

    /** The coordinator ends the line after what it sent, and hears no more on it. */
    void endFromCoordinator(Runnable arrival) {
        isEnded = true;
        lastDownNanos = Math.max(link.arrivalNanos(), lastDownNanos);
        link.world()
                .at(
                        lastDownNanos,
                        () -> arrive(worker, () -> {
                            isOpen = false;
                            arrival.run();
                        }));
    }

    /** Breaks the line; each end that lives notices. */
    void cut(String how) {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        link.world().after(link.delayNanos(), () -> worker.run(() -> workerNotices.accept(how)));
        if (!isEnded) {
            link.world().after(link.delayNanos(), () -> coordinator.run(coordinatorNotices));
        }
    }
}
