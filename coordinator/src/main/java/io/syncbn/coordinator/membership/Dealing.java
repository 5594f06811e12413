package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans a generation: deals the shards to workers. */
final class Dealing {
    private Dealing() {}

    /**
     * Deals the shards to the workers present; if there are more than seats, first to those that have the state.
     * Silence is measured from here on, because the Plan tells workers how often to send heartbeats.
     */
    static void deal(Draft draft) {
        draft.phase = Phase.ALIGNING;
        draft.generation++;
        draft.goesOn();
        List<Member> seated = candidates(draft).stream()
                .sorted(Comparator.comparing((Member member) -> !member.has(draft.baseStep))
                        .thenComparing(member -> !member.mayHave(draft.baseStep))
                        .thenComparing(member -> !member.wasPlanned() && !draft.expected.contains(member.name())))
                .limit(draft.rules.workers().most())
                .sorted(Comparator.comparing(Member::name, new NaturalOrder()))
                .toList();
        draft.expected = Set.of();
        List<ShardRun> runs = ShardRun.deal(draft.rules.shards(), seated.size());
        List<Optional<ShardRun>> backupRuns = Backups.deal(seated, runs);
        List<Assignment.Seat> seats = new ArrayList<>();
        draft.members().forEach(member -> draft.update(member.unseated()));
        for (int worker = 0; worker < seated.size(); worker++) {
            seats.add(new Assignment.Seat(seated.get(worker).name(), runs.get(worker), backupRuns.get(worker)));
            draft.update(seated.get(worker).seatedAt(worker, draft.nowNanos));
        }
        Optional<Assignment> before = draft.assignment;
        draft.assignment = Optional.of(new Assignment(draft.generation, seats));
        // A restarted coordinator goes on from this number. If the note is lost with the process, the number may be
        // used
        // again: nothing was summed under it, because Begin waits until its own note is on the disk.
        draft.note(
                Topic.PLAN,
                "generation " + draft.generation + " is planned: "
                        + draft.rules.workers().count(seated.size()));
        Backups.dealt(draft, before);
        draft.seated().stream()
                .sorted(Comparator.comparing(Member::seat))
                .forEach(member -> draft.send(member, ToWorker.newBuilder().setPlan(plan(draft, member.seat()))));
    }

    /**
     * Workers that have come and gone too often wait, unless the job cannot go on without them: too few others are
     * present, or only they have the state.
     */
    private static List<Member> candidates(Draft draft) {
        List<Member> rested = draft.rested();
        boolean canGoOn = rested.size() >= draft.rules.workers().least()
                && rested.stream().anyMatch(member -> member.mayHave(draft.baseStep));
        return canGoOn ? rested : draft.members();
    }

    private static Plan plan(Draft draft, int worker) {
        Assignment assignment = draft.assignment.orElseThrow();
        ShardRun run = assignment.seats().get(worker).run();
        Plan.Builder plan = Plan.newBuilder()
                .setGeneration(draft.generation)
                .setWorker(worker)
                .setWorkers(assignment.workers())
                .setFirstShard(run.first())
                .setShardCount(run.count())
                .setHeartbeatMillis(millis(draft.rules.patience().heartbeat()))
                .setSilenceMillis(millis(draft.rules.patience().silence()))
                .setCommittedStep(draft.committedStep)
                .setRestores(draft.restoring.restores());
        assignment.seats().get(worker).backupRun().ifPresent(backup -> plan.setBackupFirstShard(backup.first())
                .setBackupShardCount(backup.count()));
        return plan.build();
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
