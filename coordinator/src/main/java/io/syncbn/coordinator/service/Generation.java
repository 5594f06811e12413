package io.syncbn.coordinator.service;

import io.syncbn.coordinator.membership.Assignment;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Event;
import io.syncbn.coordinator.pace.Deadline;
import io.syncbn.coordinator.pace.SlowWorkers;
import io.syncbn.coordinator.rounds.RoundEffect;
import io.syncbn.coordinator.rounds.Rounds;
import io.syncbn.coordinator.rounds.StateRelay;
import io.syncbn.proto.wire.DataFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the present generation sums and hands on, and how fast. Belongs to the event loop. */
final class Generation {
    private final int groupSize;
    private final long longestPauseNanos;
    private final Deadline deadline = new Deadline();
    private Optional<StateRelay> relay = Optional.empty();
    private Optional<Rounds> rounds = Optional.empty();
    private Assignment assignment;
    private SlowWorkers slowWorkers;
    private long lastCommitNanos;
    private long lookedNanos;

    /** @param silenceMillis after half of that without a look at the clock, this process must have stood still */
    Generation(int groupSize, int silenceMillis, long nowNanos) {
        this.groupSize = groupSize;
        longestPauseNanos = TimeUnit.MILLISECONDS.toNanos(silenceMillis) / 2;
        lookedNanos = nowNanos;
    }

    /** A worker for which the others waited in a step. */
    record Waited(Assignment.Seat seat, long nanos, boolean isSlow) {
        String text(long stepNanos) {
            return seat + " is slow: the others waited for it alone for " + TimeUnit.NANOSECONDS.toMillis(nanos)
                    + " ms of a step of " + TimeUnit.NANOSECONDS.toMillis(stepNanos) + " ms";
        }
    }

    /** How a step went. */
    record Pace(long stepNanos, List<Waited> waited) {}

    void relay(Assignment aligning, Effect.Relay states) {
        relay = Optional.of(new StateRelay(aligning, states.source(), states.targets(), states.step()));
    }

    void begin(Effect.BeginGeneration begin, long nowNanos) {
        relay = Optional.empty();
        assignment = begin.assignment();
        rounds = Optional.of(new Rounds(assignment, groupSize, begin.committedStep(), nowNanos));
        slowWorkers = new SlowWorkers(assignment.workers());
        deadline.begin(nowNanos);
        lastCommitNanos = nowNanos;
    }

    void endWithStep() {
        rounds.orElseThrow().endWithStep();
    }

    void end() {
        relay = Optional.empty();
        rounds = Optional.empty();
    }

    /** @param present number of the generation that the stream was opened in */
    List<RoundEffect> offer(long present, int worker, DataFrame frame, long nowNanos) {
        if (rounds.isPresent()) {
            return rounds.get().offer(worker, frame, nowNanos);
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
        List<Integer> slow = slowWorkers.committed(committed.step(), stepNanos, committed.waitedNanos());
        List<Waited> waited = new ArrayList<>();
        for (int worker = 0; worker < assignment.workers(); worker++) {
            waited.add(new Waited(
                    assignment.seats().get(worker), committed.waitedNanos().get(worker), slow.contains(worker)));
        }
        return new Pace(stepNanos, waited);
    }

    /** Those who have kept the others waiting for too long, if anybody has. */
    Optional<Event> overdue(long nowNanos) {
        if (nowNanos - lookedNanos > longestPauseNanos) {
            deadline.stoodStill(nowNanos);
        }
        lookedNanos = nowNanos;
        return rounds.flatMap(Rounds::oldest)
                .filter(awaited -> deadline.isOver(awaited.openedNanos(), nowNanos))
                .map(awaited -> new Event.Overdue(
                        assignment.generation(),
                        awaited.workers(),
                        awaited.round() + " has waited for it for "
                                + TimeUnit.NANOSECONDS.toMillis(deadline.waitedNanos(awaited.openedNanos(), nowNanos))
                                + " ms, longer than "
                                + TimeUnit.NANOSECONDS.toMillis(deadline.limitNanos()) + " ms"));
    }
}
