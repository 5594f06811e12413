package io.syncbn.coordinator.service;

import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Event;
import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.pace.Deadline;
import io.syncbn.coordinator.pace.SlowWorkers;
import io.syncbn.coordinator.rounds.GenerationSums;
import io.syncbn.coordinator.rounds.RoundEffect;
import io.syncbn.coordinator.rounds.StateRelay;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.wire.DataFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * The coordinator's reducer: relays a state before a generation begins, then takes the generation's sums and watches
 * how fast they come. Belongs to the event loop.
 */
final class Reducer {
    /**
     * Ten times the usual gap between two looks at the clock: after a longer one, this process must have stood still.
     */
    private static final long STOOD_STILL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int groupSize;
    private final long silenceNanos;
    private final long mostUntakenBytes;
    private final Deadline deadline;
    private Optional<StateRelay> relay = Optional.empty();
    private Optional<GenerationSums> sums = Optional.empty();
    private Assignment assignment;
    private SlowWorkers slowWorkers;
    private long lastCommitNanos;
    private long lookedNanos;

    /** @param mostUntakenBytes how much may wait to be sent to a worker that has a backup */
    Reducer(int groupSize, MembershipTimeouts patience, long mostUntakenBytes, long nowNanos) {
        this.groupSize = groupSize;
        this.mostUntakenBytes = mostUntakenBytes;
        silenceNanos = patience.silence().toNanos();
        deadline = new Deadline(patience.deadlineSlack().toNanos());
        lookedNanos = nowNanos;
    }

    /** A worker for which the others waited in a step. */
    record Waited(Assignment.Seat seat, long nanos, boolean isSlow) {
        String text(long stepNanos) {
            return seat + " is slow: the others waited for it alone for " + TimeUnit.NANOSECONDS.toMillis(nanos)
                    + " ms of a step of " + TimeUnit.NANOSECONDS.toMillis(stepNanos) + " ms";
        }
    }

    /**
     * How a step went.
     *
     * @param events events for membership, to be handled after the step's commit
     */
    record Pace(long stepNanos, List<Waited> waited, List<Event> events) {}

    void relay(Assignment aligning, Effect.Relay states) {
        relay = Optional.of(new StateRelay(aligning, states.source(), states.targets(), states.step()));
    }

    /** The numbers of the workers to which a state is being relayed. */
    List<Integer> stateTargets() {
        return relay.map(StateRelay::targets).orElse(List.of());
    }

    void begin(Effect.BeginGeneration begin, long nowNanos) {
        relay = Optional.empty();
        assignment = begin.assignment();
        sums = Optional.of(new GenerationSums(assignment, groupSize, begin.committedStep(), nowNanos));
        slowWorkers = new SlowWorkers(assignment.workers());
        deadline.begin(nowNanos);
        lastCommitNanos = nowNanos;
    }

    void endWithStep() {
        sums.orElseThrow().endWithStep();
    }

    /** @return whether a step was under way, which is given up */
    boolean end() {
        boolean isStepUnderWay = sums.filter(GenerationSums::isStepUnderWay).isPresent();
        relay = Optional.empty();
        sums = Optional.empty();
        return isStepUnderWay;
    }

    /** @param present number of the generation that the stream was opened in */
    List<RoundEffect> offer(long present, int worker, DataFrame frame, long nowNanos) {
        if (sums.isPresent()) {
            return sums.get().offer(worker, frame, nowNanos);
        } else if (relay.isPresent()) {
            return List.of(relay.get().offer(worker, frame));
        }
        return List.of(
                frame.header().generation() < present
                        ? new RoundEffect.Ignored()
                        : new RoundEffect.Refused(
                                List.of(worker), frame.header() + ": came before the generation began"));
    }

    Pace committed(RoundEffect.Committed committed, long nowNanos) {
        long stepNanos = nowNanos - lastCommitNanos;
        lastCommitNanos = nowNanos;
        deadline.committed(stepNanos);
        SlowWorkers.Verdict verdict =
                slowWorkers.committed(committed.step(), stepNanos, committed.waitedNanos(), committed.before());
        List<Waited> waited = new ArrayList<>();
        for (int worker = 0; worker < assignment.workers(); worker++) {
            waited.add(new Waited(
                    assignment.seats().get(worker),
                    committed.waitedNanos().get(worker),
                    verdict.named().contains(worker)));
        }
        List<Event> events = new ArrayList<>();
        if (!verdict.straggling().isEmpty()) {
            events.add(new Event.Straggling(assignment.generation(), verdict.straggling()));
        }
        verdict.keepingUp()
                .forEach((worker, steps) -> events.add(new Event.KeepingUp(assignment.generation(), worker, steps)));
        return new Pace(stepNanos, waited, events);
    }

    /** The workers that have kept the others waiting for too long, if any. */
    Optional<Event> overdue(long nowNanos) {
        if (nowNanos - lookedNanos > STOOD_STILL_NANOS) {
            deadline.stoodStill(nowNanos);
        }
        lookedNanos = nowNanos;
        return sums.flatMap(GenerationSums::oldest)
                .filter(wait -> deadline.isOver(wait.isOfStep(), wait.openedNanos(), nowNanos))
                .map(wait -> new Event.Overdue(
                        assignment.generation(),
                        wait.workers(),
                        wait.round() + " has waited for it for "
                                + TimeUnit.NANOSECONDS.toMillis(deadline.waitedNanos(wait.openedNanos(), nowNanos))
                                + " ms, longer than "
                                + TimeUnit.NANOSECONDS.toMillis(deadline.limitNanos(wait.isOfStep())) + " ms"));
    }

    /**
     * The workers with a backup that have not taken what was sent to them for too long, or too much of it: as nobody
     * waits for them, it would grow without limit. All others hold up the job, which {@link #overdue} detects.
     *
     * @param fullSinceNanos by worker's number, since when it has taken nothing
     * @param untakenBytes by worker's number, how much it has not taken
     */
    Optional<Event> notTaking(Map<Integer, Long> fullSinceNanos, Map<Integer, Long> untakenBytes, long nowNanos) {
        long limitNanos = Math.max(silenceNanos, deadline.limitNanos(true));
        return notTaking(
                        fullSinceNanos,
                        since -> deadline.waitedNanos(since, nowNanos) > limitNanos,
                        "it has not taken what was sent to it for " + TimeUnit.NANOSECONDS.toMillis(limitNanos) + " ms")
                .or(() -> notTaking(
                        untakenBytes,
                        bytes -> bytes > mostUntakenBytes,
                        "it has not taken more than " + mostUntakenBytes + " bytes that were sent to it"));
    }

    private Optional<Event> notTaking(Map<Integer, Long> byWorker, LongPredicate isTooMuch, String reason) {
        List<Integer> workers = byWorker.entrySet().stream()
                .filter(entry -> sums.isPresent()
                        && assignment.backupOf(entry.getKey()).isPresent()
                        && isTooMuch.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        return workers.isEmpty()
                ? Optional.empty()
                : Optional.of(new Event.Overdue(assignment.generation(), workers, reason));
    }
}
