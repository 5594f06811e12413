package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Stop;
import io.syncbn.proto.v1.ToWorker;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Stops a job at the user's request: one worker keeps a checkpoint, and all finish. */
final class Stopping {
    private Stopping() {}

    static void requested(Draft draft, String reason) {
        if (draft.stopping.isEmpty()) {
            draft.stopping = Optional.of(reason);
            draft.note(Topic.STOP, reason);
        }
    }

    /**
     * Tells workers to finish. Workers that never had a seat, or do not have the present state yet, keep nothing: their
     * checkpoint would be of an earlier step than the run has reached.
     */
    static void begin(Draft draft) {
        draft.phase = Phase.STOPPING;
        draft.goesOn();
        String reason = draft.stopping.orElseThrow();
        List<Member> holders = draft.members().stream()
                .filter(member -> member.wasPlanned() && member.mayHave(draft.baseStep))
                .toList();
        draft.keeper = firstOfTheFurthest(draft, holders).map(Member::name);
        for (Member member : draft.members()) {
            if (holders.contains(member)) {
                stop(draft, member, reason);
            } else {
                draft.release(member, "the job is stopping: " + reason);
            }
        }
        draft.comers().forEach(comer -> NameConflicts.letGo(draft, comer, "the job is stopping: " + reason));
    }

    /**
     * Prefers the worker that had shard 0: it has been writing the run directory, and need not take that over from
     * another.
     */
    private static Optional<Member> firstOfTheFurthest(Draft draft, List<Member> holders) {
        Optional<String> writer =
                draft.assignment.map(last -> last.seats().get(0).name());
        return holders.stream()
                .min(Comparator.comparing((Member member) -> -member.state().atLeastStep())
                        .thenComparing(member -> !writer.equals(Optional.of(member.name()))));
    }

    private static void stop(Draft draft, Member member, String reason) {
        draft.send(
                member,
                ToWorker.newBuilder()
                        .setStop(Stop.newBuilder().setReason(reason).setKeepsCheckpoint(draft.isKeeper(member))));
    }

    /**
     * All members have finished: asks another to keep the checkpoint, if the chosen one is lost, or was behind a member
     * that is present.
     *
     * @return whether another worker was asked
     */
    static boolean askAnother(Draft draft) {
        Optional<Member> furthest = draft.members().stream()
                .min(Comparator.comparing(
                        (Member member) -> -finished(draft, member).getStep()));
        if (furthest.isEmpty() || isKept(draft, finished(draft, furthest.get()).getStep())) {
            return false;
        }
        String why = draft.keeper.orElse("nobody") + " has not kept a checkpoint of step "
                + finished(draft, furthest.get()).getStep();
        Member keeper = furthest.get().heardAt(draft.nowNanos);
        draft.update(keeper);
        draft.finished.remove(keeper.name());
        draft.keeper = Optional.of(keeper.name());
        draft.goesOn();
        draft.note(Topic.STOP, keeper.name(), why + ": " + keeper.name() + " is asked to");
        stop(draft, keeper, why);
        return true;
    }

    private static boolean isKept(Draft draft, long step) {
        return draft.keeper
                .flatMap(name -> Optional.ofNullable(draft.finished.get(name)))
                .filter(kept -> kept.getStep() >= step)
                .isPresent();
    }

    private static Finished finished(Draft draft, Member member) {
        return draft.finished.get(member.name());
    }
}
