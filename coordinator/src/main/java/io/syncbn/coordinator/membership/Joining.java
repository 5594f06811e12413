package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Released;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Optional;

/** What follows when a worker introduces itself. */
final class Joining {
    private Joining() {}

    /** All is done. A worker that was away then may end as those that were there. */
    static void tooLate(Turn turn, long connection, Join join) {
        Member late = Member.joined(connection, join, turn.nowNanos);
        turn.release(late, "the job is done after step " + turn.committedStep);
    }

    static void joined(Turn turn, long connection, Join join) {
        Optional<Member> sender = turn.member(connection);
        if (sender.isPresent()) {
            Departures.misbehaved(turn, sender.get(), "joined twice on one connection");
        } else if (turn.phase == Phase.STOPPING) {
            turn.effect(new Effect.Send(
                    connection,
                    ToWorker.newBuilder()
                            .setReleased(Released.newBuilder().setReason("the job is stopping"))
                            .build()));
            turn.effect(new Effect.End(connection));
        } else {
            Optional<Member> before = turn.members().stream()
                    .filter(member -> member.isSameProcess(join))
                    .findFirst();
            List<Member> others = turn.members().stream()
                    .filter(member -> before.isEmpty() || !member.equals(before.get()))
                    .toList();
            Optional<String> refusal = Admission.refusal(turn.rules, others, join);
            if (refusal.isPresent()) {
                turn.note(
                        Topic.REFUSED,
                        join.getName(),
                        "refused " + join.getName() + " from host " + join.getHost() + ": " + refusal.get());
                Decisions.refuse(turn, connection, refusal.get());
            } else {
                admit(turn, Member.joined(connection, join, turn.nowNanos), before);
            }
        }
    }

    /** @param before the same worker, on a connection that it has lost before this was noticed here */
    private static void admit(Turn turn, Member member, Optional<Member> before) {
        before.ifPresent(old -> {
            turn.note(Topic.LOST, old.name(), turn.describe(old) + " has lost its connection, and joins anew");
            turn.remove(old);
            turn.effect(new Effect.End(old.connection()));
        });
        turn.add(member);
        turn.joinedNanos = turn.nowNanos;
        String who = member.name() + " joined from host " + member.join().getHost() + ", process "
                + member.join().getProcessId() + ": ";
        if (turn.phase == Phase.GATHERING) {
            turn.note(
                    Topic.JOINED,
                    member.name(),
                    who + turn.rules.count(turn.members().size()));
            Gathering.beginIfReady(turn);
            return;
        }
        boolean isSpare = turn.members().size() > turn.rules.maxWorkers();
        turn.note(
                Topic.WAITING,
                member.name(),
                who
                        + (isSpare
                                ? "waits as a spare, the job has its " + turn.rules.maxWorkers() + " workers"
                                : "takes part in the next generation"));
        before.ifPresent(old -> Departures.afterLoss(turn, old));
        Running.endIfDue(turn);
    }
}
