package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Abort;
import io.syncbn.proto.v1.Evicted;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Workers that go without having asked to: lost, failed, or evicted. The consequences are not decided here. */
final class Departures {
    private Departures() {}

    static void closed(Draft draft, Member member) {
        draft.note(
                Topic.LOST,
                member.name(),
                draft.generation == 0
                        ? member.name() + " left before the job began: "
                                + draft.rules.workers().count(draft.members().size() - 1)
                        : wasLost(draft, member, "its connection closed"));
        draft.lose(member);
        draft.effect(new Effect.End(member.connection()));
    }

    /**
     * A worker cannot go on. Fails the job only if every other worker would fail too, and only for a worker of the
     * present generation.
     */
    static void failed(Draft draft, Member member, Event.WorkerFailed failed) {
        // A keeper of a stop's checkpoint that is lost is replaced (Stopping.askAnother); one that fails is not,
        // because
        // the run directory that it could not write is every worker's.
        boolean isKeeper = draft.isKeeper(member);
        if (failed.isOfJob() && member.isSeated() || isKeeper) {
            draft.remove(member);
            draft.fail(member.name() + ": " + failed.reason());
            return;
        }
        draft.note(
                Topic.FAULT,
                member.name(),
                draft.describe(member) + " failed, at step " + (draft.committedStep + 1) + ": " + failed.reason());
        draft.lose(member);
        draft.effect(new Effect.End(member.connection()));
        if (member.isSeated()) {
            draft.suspicions = draft.suspicions.failed(failed.fault().isEmpty() ? failed.reason() : failed.fault());
        }
        if (draft.suspicions.sameFaults() >= Rules.MOST_SAME_FAULTS) {
            draft.fail(draft.suspicions.sameFaults() + " workers in a row failed of the same at step "
                    + (draft.committedStep + 1) + "; the last one: " + member.name() + ": " + failed.reason());
        }
    }

    /** Evicts workers that were waited for too long. */
    static void late(Draft draft, List<Member> late, String reason) {
        late.forEach(member -> evict(draft, member, draft.describe(member) + " was sent away: " + reason));
    }

    /** Evicts workers that have been silent for too long. */
    static void silence(Draft draft) {
        List<Member> silent = draft.members().stream()
                .filter(member -> member.wasPlanned() && !draft.hasFinished(member))
                .filter(member -> draft.nowNanos - member.heardNanos()
                        >= draft.rules.patience().silence().toNanos())
                .toList();
        for (Member member : silent) {
            long millis = TimeUnit.NANOSECONDS.toMillis(draft.nowNanos - member.heardNanos());
            evict(draft, member, wasLost(draft, member, "nothing came from it for " + millis + " ms"));
        }
    }

    static void overdue(Draft draft, Event.Overdue overdue) {
        if (draft.phase != Phase.RUNNING || overdue.generation() != draft.generation) {
            return;
        }
        List<Member> late = draft.seated().stream()
                .filter(member -> overdue.workers().contains(member.seat()))
                .toList();
        for (Member member : late) {
            evict(draft, member, draft.describe(member) + " was sent away: " + overdue.reason());
        }
    }

    static void evict(Draft draft, Member member, String reason) {
        draft.note(Topic.EVICTED, member.name(), reason);
        draft.lose(member);
        draft.send(member, ToWorker.newBuilder().setEvicted(Evicted.newBuilder().setReason(reason)));
        draft.effect(new Effect.End(member.connection()));
    }

    /** Removes a worker that violates the protocol, with Abort, so that it does not come back. */
    static void misbehaved(Draft draft, Member member, String reason) {
        String why = draft.describe(member) + " was sent away: " + reason;
        draft.note(Topic.EVICTED, member.name(), why);
        draft.lose(member);
        draft.send(member, ToWorker.newBuilder().setAbort(Abort.newBuilder().setReason(why)));
        draft.effect(new Effect.End(member.connection()));
    }

    private static String wasLost(Draft draft, Member member, String how) {
        return draft.describe(member) + " was lost: " + how + ", at step " + (draft.committedStep + 1);
    }
}
