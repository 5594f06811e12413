package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Begin;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.ToWorker;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** How the workers of a generation come to the same state, and begin. */
final class Aligning {
    /** From the furthest to the one that is most behind; of equals, the one with the lowest number first. */
    private static final Comparator<Member> FURTHEST_FIRST = Comparator.comparing(
                    (Member member) -> standing(member).getStep())
            .thenComparing(member -> knowsStatistics(standing(member)))
            .reversed()
            .thenComparing(Member::seat);

    private Aligning() {}

    static void ready(Turn turn, Member member, Ready ready) {
        boolean isOfNow = turn.phase == Phase.ALIGNING && member.isSeated() && ready.getGeneration() == turn.generation;
        // After an Align, one from before it may still come.
        if (!isOfNow || ready.getStep() < turn.alignStep) {
            return;
        }
        turn.update(member.readyAt(ready));
        if (turn.seated().stream().allMatch(seated -> seated.ready().isPresent())) {
            allReady(turn);
        }
    }

    /** A state that does not come at all, while everybody lives, is as good as damaged. */
    static void tick(Turn turn) {
        long limitNanos = stateNanos(turn);
        if (turn.alignStep == Membership.NOT_ALIGNED || turn.nowNanos - turn.alignedNanos < limitNanos) {
            return;
        }
        turn.seated().stream()
                .filter(member -> member.ready().isEmpty())
                .findFirst()
                .ifPresent(member -> Departures.damaged(
                        turn,
                        member,
                        new Event.Damaged(
                                member.connection(),
                                turn.generation,
                                "the state of step " + turn.alignStep + " has not come to " + turn.describe(member)
                                        + " within " + TimeUnit.NANOSECONDS.toSeconds(limitNanos) + " s")));
    }

    /** As if all others took over the state, which is as large for each: who has it by now makes the rest no later. */
    private static long stateNanos(Turn turn) {
        long bytes = turn.seated().stream()
                .mapToLong(member -> member.join().getStateBytes())
                .max()
                .orElse(0);
        return turn.rules.limits().stateNanos(bytes, turn.seated().size() - 1);
    }

    private static void allReady(Turn turn) {
        List<Member> workers = turn.seated().stream().sorted(FURTHEST_FIRST).toList();
        Member furthest = workers.get(0);
        long step = standing(furthest).getStep();
        Optional<String> difference = differentStates(workers);
        if (difference.isPresent()) {
            Ending.fail(turn, difference.get());
        } else if (step < turn.baseStep) {
            Seating.next(turn); // which waits for somebody who is further
        } else if (workers.stream().allMatch(worker -> isAtSameState(worker, furthest))) {
            begin(turn, furthest);
        } else {
            align(turn, workers);
        }
    }

    /** At one step there is one state. */
    private static Optional<String> differentStates(List<Member> workers) {
        Map<Long, Map<String, List<String>>> namesByStateByStep = workers.stream()
                .sorted(Comparator.comparing(Member::seat))
                .collect(Collectors.groupingBy(
                        worker -> standing(worker).getStep(),
                        LinkedHashMap::new,
                        Collectors.groupingBy(
                                worker -> standing(worker).getStateDigest(),
                                LinkedHashMap::new,
                                Collectors.mapping(Member::name, Collectors.toList()))));
        return namesByStateByStep.entrySet().stream()
                .filter(step -> step.getValue().size() > 1)
                .map(step -> "workers have different states after step " + step.getKey() + ": "
                        + Ending.list(step.getValue()))
                .findFirst();
    }

    private static void align(Turn turn, List<Member> workers) {
        Member source = workers.get(0);
        Ready state = standing(source);
        List<Member> behind = workers.stream()
                .filter(worker -> standing(worker).getStep() < state.getStep())
                .sorted(Comparator.comparing(Member::seat))
                .toList();
        turn.alignStep = state.getStep();
        turn.alignedNanos = turn.nowNanos;
        if (!behind.isEmpty()) {
            turn.note(
                    Topic.ALIGN,
                    behind.stream()
                                    .map(worker -> worker.name() + " (step "
                                            + standing(worker).getStep() + ")")
                                    .collect(Collectors.joining(", "))
                            + (behind.size() == 1 ? " takes" : " take") + " over the state of step " + state.getStep()
                            + " from " + source.name());
        }
        turn.effect(new Effect.Relay(
                source.seat(), behind.stream().map(Member::seat).toList(), state.getStep()));
        Align align = Align.newBuilder()
                .setGeneration(turn.generation)
                .setSource(source.seat())
                .setStep(state.getStep())
                .setStateDigest(state.getStateDigest())
                .setBatchesTracked(state.getBatchesTracked())
                .addAllDataStatistics(state.getDataStatisticsList())
                .setLeftOutInARow(state.getLeftOutInARow())
                .build();
        for (Member worker : workers) {
            if (!isAtSameState(worker, source)) {
                turn.update(worker.notReady());
            }
            turn.send(worker, ToWorker.newBuilder().setAlign(align));
        }
    }

    private static void begin(Turn turn, Member furthest) {
        Ready state = standing(furthest);
        Assignment assignment = turn.assignment.orElseThrow();
        turn.committedStep = state.getStep();
        turn.baseStep = state.getStep();
        turn.alignStep = Membership.NOT_ALIGNED;
        turn.restoring = turn.restoring.known();
        if (turn.stopping.isPresent()) {
            Ending.stop(turn);
            return;
        }
        turn.origin = turn.origin.or(() -> Optional.of(JobOrigin.ofJob(furthest.join())));
        turn.phase = Phase.RUNNING;
        turn.goesOn();
        turn.note(
                Topic.GENERATION,
                Optional.empty(),
                assignment.seats(),
                Optional.of(state.getStateDigest()),
                "generation " + turn.generation + " begins after step " + turn.committedStep + ": "
                        + assignment.seats().stream()
                                .map(Assignment.Seat::toString)
                                .collect(Collectors.joining(", ")));
        turn.effect(new Effect.BeginGeneration(assignment, turn.committedStep));
        Begin begin = Begin.newBuilder()
                .setGeneration(turn.generation)
                .setStep(turn.committedStep)
                .build();
        for (Member worker : turn.seated()) {
            turn.send(worker, ToWorker.newBuilder().setBegin(begin));
        }
        Running.endIfDue(turn);
    }

    private static boolean isAtSameState(Member worker, Member other) {
        return standing(worker).getStep() == standing(other).getStep()
                && standing(worker).getStateDigest().equals(standing(other).getStateDigest())
                && knowsStatistics(standing(worker)) == knowsStatistics(standing(other));
    }

    private static Ready standing(Member member) {
        return member.ready().orElseThrow();
    }

    private static boolean knowsStatistics(Ready ready) {
        return ready.getDataStatisticsCount() > 0;
    }
}
