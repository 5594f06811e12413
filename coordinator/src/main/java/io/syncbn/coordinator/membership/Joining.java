package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Released;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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
        Optional<Comer> waiting = turn.comer(connection);
        if (waiting.isPresent()) {
            Namesakes.refuse(turn, waiting.get(), "joined twice on one connection");
        } else if (sender.isPresent()) {
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
            Optional<Member> namesake = others.stream()
                    .filter(member -> member.name().equals(join.getName()))
                    .findFirst();
            Optional<String> refusal = Admission.refusal(turn.rules, turn.origin, others, join);
            if (namesake.isPresent() && Namesakes.mayBeDead(turn, namesake.get(), join)) {
                Namesakes.comes(turn, new Comer(connection, join, turn.nowNanos), namesake.get());
                return;
            }
            if (refusal.isPresent()) {
                noteRefusal(turn, join, refusal.get());
                Decisions.refuse(turn, connection, refusal.get());
            } else {
                admit(turn, Member.joined(connection, join, turn.nowNanos), before);
            }
        }
    }

    static void noteRefusal(Turn turn, Join join, String reason) {
        turn.note(
                Topic.REFUSED,
                join.getName(),
                "refused " + join.getName() + " from host " + join.getHost() + ": " + reason);
    }

    /** @param before the same worker, on a connection that it has lost before this was noticed here */
    private static void admit(Turn turn, Member member, Optional<Member> before) {
        before.ifPresent(old -> {
            turn.note(Topic.LOST, old.name(), turn.describe(old) + " has lost its connection, and joins anew");
            turn.lose(old);
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
                                : turn.pauseNanos(member) > 0
                                        ? hasToRest(turn, member)
                                        : "takes part in the next generation"));
        before.ifPresent(old -> Departures.afterLoss(turn, old));
        Running.endIfDue(turn);
    }

    static String hasToRest(Turn turn, Member member) {
        return member.name() + " has come and gone " + turn.suspicions.departuresOf(member.name())
                + " times lately, and waits for "
                + TimeUnit.NANOSECONDS.toMillis(turn.pauseNanos(member)) + " ms before it gets a place again";
    }
}
