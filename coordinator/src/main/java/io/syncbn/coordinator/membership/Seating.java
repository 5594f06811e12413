package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How one generation ends and the next one is dealt. */
final class Seating {
    private Seating() {}

    /** Ends the present generation; the next one begins, if there are enough workers for it. */
    static void next(Turn turn) {
        endGeneration(turn);
        for (Member member : turn.members()) {
            if (member.leaving().isPresent() && !isNeeded(turn, member)) {
                Departures.letGo(turn, member);
            }
        }
        if (turn.rested().size() < turn.rules.minWorkers()) {
            Gathering.hold(turn, Gathering.tooFewAreLeft(turn));
        } else if (!Gathering.hasReplica(turn)) {
            Gathering.hold(turn, Gathering.noReplica(turn));
        } else {
            deal(turn);
        }
    }

    /** Whether others could go on, if only this one stayed until they have its state. There must be a place beside it. */
    private static boolean isNeeded(Turn turn, Member leaver) {
        List<Member> others =
                turn.members().stream().filter(member -> member != leaver).toList();
        return leaver.mayHave(turn.baseStep)
                && turn.rules.maxWorkers() > 1
                && others.stream().anyMatch(member -> member.leaving().isEmpty())
                && others.stream().noneMatch(member -> member.has(turn.baseStep));
    }

    /** Of a step that was committed at last, its own result may be lost with a connection; not those before. */
    static void endGeneration(Turn turn) {
        turn.baseStep = Math.max(turn.baseStep, turn.committedStep - 1);
        if (turn.phase == Phase.RUNNING) {
            Assignment assignment = turn.assignment.orElseThrow();
            turn.seated()
                    .forEach(member -> turn.update(member.tookPartIn(
                            turn.committedStep,
                            assignment.backupOf(member.seat()).isPresent())));
        }
        turn.effect(new Effect.EndGeneration(turn.generation));
        turn.finished.clear();
        turn.isEnding = false;
        turn.alignStep = Membership.NOT_ALIGNED;
    }

    /**
     * Deals the shards to those who are there; if there are more than there are places, first to those who have the state.
     * Silence is measured from here on: this is how workers hear of it.
     */
    static void deal(Turn turn) {
        turn.phase = Phase.ALIGNING;
        turn.generation++;
        turn.goesOn();
        List<Member> seated = candidates(turn).stream()
                .sorted(Comparator.comparing((Member member) -> !member.has(turn.baseStep))
                        .thenComparing(member -> !member.mayHave(turn.baseStep))
                        .thenComparing(member -> !member.wasPlanned() && !turn.expected.contains(member.name())))
                .limit(turn.rules.maxWorkers())
                .sorted(Comparator.comparing(Member::name, new NaturalOrder()))
                .toList();
        turn.expected = Set.of();
        List<ShardRun> runs = ShardRun.deal(turn.rules.shards(), seated.size());
        List<Optional<ShardRun>> backupRuns = Reruns.deal(seated, runs);
        List<Assignment.Seat> seats = new ArrayList<>();
        turn.members().forEach(member -> turn.update(member.unseated()));
        for (int worker = 0; worker < seated.size(); worker++) {
            seats.add(new Assignment.Seat(seated.get(worker).name(), runs.get(worker), backupRuns.get(worker)));
            turn.update(seated.get(worker).seatedAt(worker, turn.nowNanos));
        }
        Optional<Assignment> before = turn.assignment;
        turn.assignment = Optional.of(new Assignment(turn.generation, seats));
        // Before anybody hears of it: its number must not be given again, even by a coordinator that is started anew.
        turn.note(Topic.PLAN, "generation " + turn.generation + " is planned: " + turn.rules.count(seated.size()));
        Reruns.dealt(turn, before);
        turn.seated().stream()
                .sorted(Comparator.comparing(Member::seat))
                .forEach(member -> turn.send(member, ToWorker.newBuilder().setPlan(plan(turn, member.seat()))));
    }

    /** Those that have come and gone too often wait, unless there is no other way: time for gathering is over, or only they have the state. */
    private static List<Member> candidates(Turn turn) {
        List<Member> rested = turn.rested();
        boolean canGoOn = rested.size() >= turn.rules.minWorkers()
                && rested.stream().anyMatch(member -> member.mayHave(turn.baseStep));
        return canGoOn ? rested : turn.members();
    }

    private static Plan plan(Turn turn, int worker) {
        Assignment assignment = turn.assignment.orElseThrow();
        ShardRun run = assignment.seats().get(worker).run();
        Plan.Builder plan = Plan.newBuilder()
                .setGeneration(turn.generation)
                .setWorker(worker)
                .setWorkers(assignment.workers())
                .setFirstShard(run.first())
                .setShardCount(run.count())
                .setHeartbeatMillis(turn.rules.patience().heartbeatMillis())
                .setSilenceMillis(turn.rules.patience().silenceMillis())
                .setCommittedStep(turn.committedStep)
                .setRestores(turn.restoring.restores());
        assignment.seats().get(worker).backupRun().ifPresent(backup -> plan.setBackupFirstShard(backup.first())
                .setBackupShardCount(backup.count()));
        return plan.build();
    }
}
