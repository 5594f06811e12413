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
 * Whose shards are computed by another worker, its backup, as well.
 *
 * <p>Which run has a backup is a part of a generation's deal, so it changes as a worker joins: at a commit.
 */
final class Backups {
    private Backups() {}

    /** Lets the generation end, if somebody is free to help those that are slow. */
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
     * Lets the generation end, if a slow worker has fallen far behind: it takes over the others' state then, instead of
     * keeping ever more sums that it has yet to go through.
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

    /** What it has yet to go through is in its memory, of which it has said how many steps that holds. */
    private static long mostBehind(Draft draft, Member member) {
        int holds = member.join().getBacklogSteps();
        return holds == 0
                ? draft.rules.limits().stepsBehind()
                : Math.min(holds, draft.rules.limits().stepsBehind());
    }

    /** Lets the generation end, if a worker keeps up again. */
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
     * By worker's number, whose run it computes beside its own: that of a slow one, if it is not slow itself and stays. Those
     * with the fewest shards help first, of these the nearest.
     *
     * @param runs of the same workers
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

    /** Says what is new in a generation's deal. Who is slow and has no backup any more has to be found slow again. */
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
