package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.ShardRun;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Decides which workers' shards are also computed by another worker, the backup.
 *
 * <p>Backups are assigned with a generation's shards, so like a joining worker, a change takes effect at a commit.
 */
final class Backups {
    private Backups() {}

    /** Ends the generation with the step, if a worker is free to back up those that are slow. */
    static void straggling(Draft draft, Event.Straggling event) {
        if (draft.rules.straggler() == Straggler.WAIT || !isOfNow(draft, event.generation())) {
            return;
        }
        for (int worker : event.workers()) {
            seated(draft, worker)
                    .filter(member -> !member.slowness().isSlow())
                    .ifPresent(member -> helpIfSomebodyCan(draft, member));
        }
    }

    private static void helpIfSomebodyCan(Draft draft, Member member) {
        draft.update(member.with(member.slowness().again()));
        List<Member> workers = draft.seated().stream()
                .sorted(Comparator.comparing(Member::seat))
                .toList();
        List<ShardRun> runs = workers.stream().map(worker -> run(draft, worker)).toList();
        if (deal(workers, runs).contains(Optional.of(run(draft, member)))) {
            draft.endWithStep();
        } else {
            draft.update(member);
        }
    }

    /**
     * Ends the generation with the step, if a slow worker has fallen too far behind: it then takes over the others'
     * state, instead of queueing ever more sums.
     */
    static void standsAt(Draft draft, Member member, long step) {
        long behind = draft.committedStep - step;
        if (draft.phase == Phase.RUNNING
                && member.isSeated()
                && !draft.isEnding
                && behind > mostBehind(draft, member)) {
            draft.note(Topic.RERUN, member.name(), member.name() + " is " + behind + " steps behind: too many");
            draft.endWithStep();
        }
    }

    /** The worker queues the sums in memory; it has reported for how many steps that suffices. */
    private static long mostBehind(Draft draft, Member member) {
        int holds = member.join().getBacklogSteps();
        return holds == 0
                ? draft.rules.limits().stepsBehind()
                : Math.min(holds, draft.rules.limits().stepsBehind());
    }

    /** Ends the generation with the step, if a worker keeps up again. */
    static void keepingUp(Draft draft, Event.KeepingUp event) {
        if (!isOfNow(draft, event.generation())) {
            return;
        }
        seated(draft, event.worker())
                .filter(member -> member.slowness().isSlow()
                        && event.steps() >= member.slowness().stepsToBelieve())
                .ifPresent(member -> {
                    draft.update(member.with(member.slowness().over()));
                    draft.note(Topic.RERUN, member.name(), member.name() + " keeps up again");
                    draft.endWithStep();
                });
    }

    /**
     * By worker's number, the run that it computes beside its own, as the backup of a slow worker. Only workers that
     * are not slow and not leaving are backups: those with the fewest shards first, of these the nearest.
     *
     * @param runs the same workers' own runs
     */
    static List<Optional<ShardRun>> deal(List<Member> workers, List<ShardRun> runs) {
        List<Optional<ShardRun>> backupRuns = new ArrayList<>(Collections.nCopies(workers.size(), Optional.empty()));
        for (int number = 0; number < workers.size(); number++) {
            int owner = number;
            if (workers.get(owner).slowness().isSlow()) {
                IntStream.range(0, workers.size())
                        .filter(worker -> backupRuns.get(worker).isEmpty() && canHelp(workers.get(worker)))
                        .boxed()
                        .min(Comparator.comparing(
                                        (Integer worker) -> runs.get(worker).count())
                                .thenComparing(worker -> Math.abs(worker - owner)))
                        .ifPresent(backup -> backupRuns.set(backup, Optional.of(runs.get(owner))));
            }
        }
        return backupRuns;
    }

    private static boolean canHelp(Member member) {
        return !member.slowness().isSlow() && member.leaving().isEmpty();
    }

    /**
     * Notes which backups a new generation changes. A slow worker that got no backup has to be found slow again to get
     * one.
     */
    static void dealt(Draft draft, Optional<Assignment> before) {
        Assignment now = draft.assignment.orElseThrow();
        for (Member member : draft.seated()) {
            if (!member.slowness().isSlow()) {
                continue;
            }
            String slow = now.seats().get(member.seat()) + " is slow: ";
            Optional<String> backup = now.backupOf(member.name());
            if (backup.isEmpty()) {
                draft.update(member.with(member.slowness().over()));
                draft.note(Topic.RERUN, member.name(), slow + "no other worker is free to compute its shards as well");
            } else if (!backup.equals(before.flatMap(last -> last.backupOf(member.name())))) {
                draft.note(Topic.RERUN, member.name(), slow + backup.get() + " computes its shards as well");
            }
        }
    }

    private static boolean isOfNow(Draft draft, long generation) {
        return draft.phase == Phase.RUNNING && generation == draft.generation;
    }

    private static Optional<Member> seated(Draft draft, int worker) {
        return draft.seated().stream().filter(member -> member.seat() == worker).findFirst();
    }

    private static ShardRun run(Draft draft, Member member) {
        return draft.assignment.orElseThrow().seats().get(member.seat()).run();
    }
}
