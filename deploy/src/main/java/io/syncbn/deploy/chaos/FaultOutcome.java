package io.syncbn.deploy.chaos;

import io.syncbn.deploy.launch.ProcessTable;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The outcome of a fault. It is noticed by the first event about its target, and training has recovered with the first
 * commit after that. Times are of one clock, in milliseconds.
 */
final class FaultOutcome {
    /**
     * How long after the end of a fault an event is still attributed to it; more than it takes to detect a silent
     * worker.
     */
    private static final long LISTEN_MILLIS = 15_000;

    private static final Set<String> OF_LOSS = Set.of("lost", "evicted", "damaged");
    private static final String OF_SLOWNESS = "slow";
    private static final Set<String> OF_COMING = Set.of("joined", "waiting");

    private final Fault fault;
    private boolean isOver;
    private Optional<String> failure = Optional.empty();
    private OptionalLong firedMillis = OptionalLong.empty();
    private long firedStep;

    /** Training has recovered with the first commit beyond this step. */
    private long baseStep;

    private long committedStep;
    private OptionalLong noticedMillis = OptionalLong.empty();
    private String noticedBy = "";
    private OptionalLong wentOnMillis = OptionalLong.empty();
    private long wentOnStep;
    private long changes;

    FaultOutcome(Fault fault) {
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }

    /** Whether it has been tried. */
    boolean isDone() {
        return firedMillis.isPresent() || failure.isPresent();
    }

    /** Why it could not be carried out. */
    Optional<String> failure() {
        return failure;
    }

    OptionalLong firedMillis() {
        return firedMillis;
    }

    /** The last step that was committed when it was carried out. */
    long firedStep() {
        return firedStep;
    }

    OptionalLong noticedMillis() {
        return noticedMillis;
    }

    /** The kind of the event. */
    String noticedBy() {
        return noticedBy;
    }

    OptionalLong wentOnMillis() {
        return wentOnMillis;
    }

    long wentOnStep() {
        return wentOnStep;
    }

    /** From the fault to the commit with which training went on. */
    OptionalLong outageMillis() {
        return wentOnMillis.isPresent()
                ? OptionalLong.of(wentOnMillis.getAsLong() - firedMillis.getAsLong())
                : OptionalLong.empty();
    }

    /** How often something has become known of it. */
    long changes() {
        return changes;
    }

    void failed(String reason) {
        failure = Optional.of(reason);
        changes++;
    }

    void fired(long nowMillis, long step) {
        firedMillis = OptionalLong.of(nowMillis);
        firedStep = step;
        baseStep = step;
        changes++;
    }

    /** Another fault has the same target: later events are attributed to that one. */
    void superseded() {
        isOver = true;
    }

    void happened(String event, String worker, long nowMillis) {
        boolean isListening = firedMillis.isPresent()
                && noticedMillis.isEmpty()
                && !isOver
                && (isOfAll() || nowMillis - firedMillis.getAsLong() <= fault.millis() + LISTEN_MILLIS);
        if (isListening && isAbout(event, worker)) {
            noticedMillis = OptionalLong.of(nowMillis);
            noticedBy = event;
            baseStep = Math.max(baseStep, committedStep);
            wentOnMillis = OptionalLong.empty();
            changes++;
        }
    }

    /**
     * Whether all processes are hit. Such a fault has no time limit: nothing else explains the event, and all must
     * start first.
     */
    private boolean isOfAll() {
        return fault.target().equals(Fault.ALL);
    }

    private boolean isAbout(String event, String worker) {
        if (isOfAll()) {
            return event.equals("restored");
        }
        if (fault.target().equals(ProcessTable.COORDINATOR)) {
            return event.equals("restarted");
        }
        if (!fault.target().equals(worker)) {
            return false;
        }
        return switch (fault.verb()) {
            case ADD, CONTINUE -> OF_COMING.contains(event);
            case DRAIN -> event.equals("left");
            // A worker that comes back is slow at first, so slowness is not attributed to these.
            case KILL, CUT, CORRUPT, DROP -> OF_LOSS.contains(event);
            default -> OF_LOSS.contains(event) || event.equals(OF_SLOWNESS);
        };
    }

    /** @param step the last one that is committed */
    void committed(long step, long nowMillis) {
        committedStep = step;
        if (firedMillis.isPresent() && wentOnMillis.isEmpty() && step > baseStep) {
            wentOnMillis = OptionalLong.of(nowMillis);
            wentOnStep = step;
            changes++;
        }
    }
}
