package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import java.util.List;
import java.util.Optional;

/**
 * Handles a worker that asks to join under a member's name. Either a worker was restarted before its death was noticed,
 * or two workers have the same name. The member's next heartbeat, or its silence, decides.
 */
final class NameConflicts {
    private NameConflicts() {}

    /**
     * Whether a worker may wait to see if its namesake is alive: only if it could join otherwise, and no other process
     * is waiting for the name.
     */
    static boolean mayBeDead(Draft draft, Member namesake, Join join) {
        List<Member> others = draft.members().stream()
                .filter(member -> !member.equals(namesake))
                .toList();
        return Admission.refusal(draft.rules, draft.origin, others, join).isEmpty()
                && draft.comers().stream().noneMatch(comer -> isName(comer, join.getName()) && !isSame(comer, join));
    }

    static void comes(Draft draft, NameClaimant comer, Member namesake) {
        draft.comers().stream()
                .filter(before -> isSame(before, comer.join()))
                .forEach(before -> refuse(draft, before, "it has joined anew, on another connection"));
        draft.add(comer);
        draft.note(
                Topic.WAITING,
                comer.join().getName(),
                comer.join().getName() + " joined from host " + comer.join().getHost() + ", process "
                        + comer.join().getProcessId() + ": waits to see whether " + draft.describe(namesake)
                        + " is still alive");
    }

    /** A member is alive, and keeps its name: refuses those that wait for it. */
    static void isAlive(Draft draft, Member member) {
        draft.comers().stream()
                .filter(comer -> isName(comer, member.name()))
                .forEach(comer -> refuseForName(draft, comer));
    }

    /**
     * A member that never had a Plan sends no heartbeats, so its silence proves nothing: refuses those that wait for
     * its name after the silence timeout.
     */
    static void tick(Draft draft) {
        draft.comers().stream()
                .filter(comer -> draft.nowNanos - comer.sinceNanos()
                        >= draft.rules.patience().silence().toNanos())
                .filter(comer -> draft.members().stream()
                        .anyMatch(member -> isName(comer, member.name()) && !member.wasPlanned()))
                .forEach(comer -> refuseForName(draft, comer));
    }

    /** The first that waits for a name and whose namesake is gone. */
    static Optional<NameClaimant> nextToComeIn(Draft draft) {
        return draft.comers().stream()
                .filter(comer -> draft.members().stream().noneMatch(member -> isName(comer, member.name())))
                .findFirst();
    }

    private static void refuseForName(Draft draft, NameClaimant comer) {
        String reason = Admission.refusal(draft.rules, draft.origin, draft.members(), comer.join())
                .orElseThrow();
        Refusals.note(draft, comer.join(), reason);
        refuse(draft, comer, reason);
    }

    static void closed(Draft draft, NameClaimant comer) {
        draft.remove(comer);
        draft.effect(new Effect.End(comer.connection()));
    }

    static void refuse(Draft draft, NameClaimant comer, String reason) {
        draft.remove(comer);
        Refusals.refuse(draft, comer.connection(), reason);
    }

    static void letGo(Draft draft, NameClaimant comer, String reason) {
        draft.remove(comer);
        draft.release(comer.connection(), reason);
    }

    private static boolean isName(NameClaimant comer, String name) {
        return comer.join().getName().equals(name);
    }

    private static boolean isSame(NameClaimant comer, Join join) {
        return isName(comer, join.getName())
                && comer.join().getHost().equals(join.getHost())
                && comer.join().getProcessId() == join.getProcessId();
    }
}
