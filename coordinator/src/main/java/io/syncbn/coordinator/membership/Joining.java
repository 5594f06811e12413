package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import java.util.List;
import java.util.Optional;

/** Handles a worker that asks to join. */
final class Joining {
    private Joining() {}

    /** The job is done: a worker that was away at the end is released, to end like the others. */
    static void tooLate(Draft draft, long connection, Join join) {
        Member late = Member.joined(connection, join, draft.nowNanos);
        draft.release(late, "the job is done after step " + draft.committedStep);
    }

    static void joined(Draft draft, long connection, Join join) {
        Optional<Member> sender = draft.member(connection);
        Optional<NameClaimant> waiting = draft.comer(connection);
        if (waiting.isPresent()) {
            NameConflicts.refuse(draft, waiting.get(), "joined twice on one connection");
        } else if (sender.isPresent()) {
            Departures.misbehaved(draft, sender.get(), "joined twice on one connection");
        } else if (draft.phase == Phase.STOPPING) {
            draft.release(connection, "the job is stopping");
        } else {
            Optional<Member> before = draft.members().stream()
                    .filter(member -> member.isSameProcess(join))
                    .findFirst();
            List<Member> others = draft.members().stream()
                    .filter(member -> before.isEmpty() || !member.equals(before.get()))
                    .toList();
            Optional<Member> namesake = others.stream()
                    .filter(member -> member.name().equals(join.getName()))
                    .findFirst();
            Optional<String> refusal = Admission.refusal(draft.rules, draft.origin, others, join);
            if (namesake.isPresent() && NameConflicts.mayBeDead(draft, namesake.get(), join)) {
                NameConflicts.comes(draft, new NameClaimant(connection, join, draft.nowNanos), namesake.get());
                return;
            }
            if (refusal.isPresent()) {
                Refusals.note(draft, join, refusal.get());
                Refusals.refuse(draft, connection, refusal.get());
            } else {
                admit(draft, Member.joined(connection, join, draft.nowNanos), before);
            }
        }
    }

    /** @param before the same worker on its old connection, whose loss was not noticed here yet */
    private static void admit(Draft draft, Member member, Optional<Member> before) {
        before.ifPresent(old -> {
            draft.note(Topic.LOST, old.name(), draft.describe(old) + " has lost its connection, and joins anew");
            draft.lose(old);
            draft.effect(new Effect.End(old.connection()));
        });
        draft.add(member);
        draft.joinedNanos = draft.nowNanos;
        String who = member.name() + " joined from host " + member.join().getHost() + ", process "
                + member.join().getProcessId() + ": ";
        if (draft.phase == Phase.GATHERING) {
            draft.note(
                    Topic.JOINED,
                    member.name(),
                    who + draft.rules.workers().count(draft.members().size()));
            return;
        }
        boolean isSpare = draft.members().size() > draft.rules.workers().most();
        draft.note(
                Topic.WAITING,
                member.name(),
                who
                        + (isSpare
                                ? "waits as a spare, the job has its "
                                        + draft.rules.workers().most() + " workers"
                                : draft.pauseNanos(member) > 0
                                        ? draft.suspicions.hasToRest(member.name(), draft.nowNanos)
                                        : "takes part in the next generation"));
    }
}
