package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Released;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;

/**
 * What follows when somebody introduces itself by a member's name. Either a worker was started again before the death of
 * its former self was noticed, or two workers have one name. The member's next sign of life tells, or its silence.
 */
final class Namesakes {
    private Namesakes() {}

    /** Whether somebody else may wait to see if a member lives. Who says too little of itself to come in then, may not. */
    static boolean mayBeDead(Turn turn, Member namesake, Join join) {
        List<Member> others = turn.members().stream()
                .filter(member -> !member.equals(namesake))
                .toList();
        return Admission.refusal(turn.rules, turn.origin, others, join).isEmpty()
                && turn.comers().stream().noneMatch(comer -> isName(comer, join.getName()) && !isSame(comer, join));
    }

    static void comes(Turn turn, Comer comer, Member namesake) {
        turn.comers().stream()
                .filter(before -> isSame(before, comer.join()))
                .forEach(before -> refuse(turn, before, "it has joined anew, on another connection"));
        turn.add(comer);
        turn.note(
                Topic.WAITING,
                comer.join().getName(),
                comer.join().getName() + " joined from host " + comer.join().getHost() + ", process "
                        + comer.join().getProcessId() + ": waits to see whether " + turn.describe(namesake)
                        + " is still alive");
    }

    /** A member gives a sign of life: its name is its own. */
    static void isAlive(Turn turn, Member member) {
        turn.comers().stream()
                .filter(comer -> isName(comer, member.name()))
                .forEach(comer -> refuseForName(turn, comer));
    }

    /** One that never had a place sends no signs of life: no silence shows whether it is there. */
    static void tick(Turn turn) {
        turn.comers().stream()
                .filter(comer -> turn.nowNanos - comer.sinceNanos()
                        >= turn.rules.patience().silenceNanos())
                .filter(comer -> turn.members().stream()
                        .anyMatch(member -> isName(comer, member.name()) && !member.wasPlanned()))
                .forEach(comer -> refuseForName(turn, comer));
    }

    /** Those whose namesake is gone come in. */
    static void takePlaces(Turn turn) {
        for (Comer comer : turn.comers()) {
            boolean isFree = turn.members().stream().noneMatch(member -> isName(comer, member.name()));
            if (isFree && turn.comer(comer.connection()).isPresent()) {
                turn.remove(comer);
                Joining.joined(turn, comer.connection(), comer.join());
            }
        }
    }

    private static void refuseForName(Turn turn, Comer comer) {
        String reason = Admission.refusal(turn.rules, turn.origin, turn.members(), comer.join())
                .orElseThrow();
        Joining.noteRefusal(turn, comer.join(), reason);
        refuse(turn, comer, reason);
    }

    static void closed(Turn turn, Comer comer) {
        turn.remove(comer);
        turn.effect(new Effect.End(comer.connection()));
    }

    static void refuse(Turn turn, Comer comer, String reason) {
        turn.remove(comer);
        Decisions.refuse(turn, comer.connection(), reason);
    }

    static void letGo(Turn turn, Comer comer, String reason) {
        turn.remove(comer);
        turn.effect(new Effect.Send(
                comer.connection(),
                ToWorker.newBuilder()
                        .setReleased(Released.newBuilder().setReason(reason))
                        .build()));
        turn.effect(new Effect.End(comer.connection()));
    }

    private static boolean isName(Comer comer, String name) {
        return comer.join().getName().equals(name);
    }

    private static boolean isSame(Comer comer, Join join) {
        return isName(comer, join.getName())
                && comer.join().getHost().equals(join.getHost())
                && comer.join().getProcessId() == join.getProcessId();
    }
}
