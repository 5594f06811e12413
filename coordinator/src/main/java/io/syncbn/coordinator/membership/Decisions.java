package io.syncbn.coordinator.membership;

import java.util.Optional;

/**
 * Decides what follows from an event: it changes facts, from which {@link Transitions} draws the consequences.
 *
 * <p>A pure function of the state, the time and the event. If a name has become free, the worker that waited for it
 * joins at the end, by a decision of its own.
 */
public final class Decisions {
    private Decisions() {}

    /** Decides. {@code nowNanos} is of a monotonic clock with any origin. */
    public static Decision on(Membership before, long nowNanos, Event event) {
        Draft draft = new Draft(before, nowNanos);
        take(draft, event);
        if (event instanceof Event.Tick) {
            NameConflicts.tick(draft);
        }
        for (Optional<NameClaimant> next = NameConflicts.nextToComeIn(draft);
                next.isPresent();
                next = NameConflicts.nextToComeIn(draft)) {
            draft = draft.followed();
            draft.remove(next.get());
            take(draft, new Event.Joined(next.get().connection(), next.get().join()));
        }
        return draft.decision();
    }

    private static void take(Draft draft, Event event) {
        if (draft.phase == Phase.ENDED || draft.phase == Phase.DONE) {
            afterTheEnd(draft, event);
        } else {
            change(draft, event);
            Transitions.settle(draft);
        }
    }

    private static void afterTheEnd(Draft draft, Event event) {
        if (event instanceof Event.Joined joined && draft.phase == Phase.DONE) {
            Joining.tooLate(draft, joined.connection(), joined.join());
        } else if (event instanceof Event.Joined joined) {
            Refusals.refuse(draft, joined.connection(), "the job is over");
        }
    }

    private static void change(Draft draft, Event event) {
        if (event instanceof Event.Joined joined) {
            Joining.joined(draft, joined.connection(), joined.join());
        } else if (event instanceof Event.StepCommitted committed) {
            Running.committed(draft, committed.step());
        } else if (event instanceof Event.Overdue overdue) {
            Departures.overdue(draft, overdue);
        } else if (event instanceof Event.Straggling straggling) {
            Backups.straggling(draft, straggling);
        } else if (event instanceof Event.KeepingUp keepingUp) {
            Backups.keepingUp(draft, keepingUp);
        } else if (event instanceof Event.StopRequested stop) {
            Stopping.requested(draft, stop.reason());
        } else if (event instanceof Event.Failed failed) {
            draft.fail(failed.reason());
        } else if (event instanceof Event.Tick) {
            tick(draft);
        } else {
            changeMember(draft, event);
        }
    }

    /** Events on a connection; ignored if the connection's worker is no longer a member. */
    private static void changeMember(Draft draft, Event event) {
        if (event instanceof Event.Heard heard) {
            draft.member(heard.connection()).ifPresent(member -> heard(draft, member, heard.step()));
        } else if (event instanceof Event.BecameReady ready) {
            draft.member(ready.connection()).ifPresent(member -> Aligning.ready(draft, member, ready.ready()));
        } else if (event instanceof Event.Restored restored) {
            draft.member(restored.connection()).ifPresent(member -> Restores.restored(draft, member, restored));
        } else if (event instanceof Event.Leaving leaving) {
            draft.member(leaving.connection()).ifPresent(member -> Leaving.asked(draft, member, leaving.reason()));
            draft.comer(leaving.connection())
                    .ifPresent(comer -> NameConflicts.letGo(draft, comer, "it had no place yet"));
        } else if (event instanceof Event.WorkerFailed failed) {
            draft.member(failed.connection()).ifPresent(member -> Departures.failed(draft, member, failed));
        } else if (event instanceof Event.WorkerFinished done) {
            draft.member(done.connection()).ifPresent(member -> Finishing.finished(draft, member, done.finished()));
        } else if (event instanceof Event.ControlClosed closed) {
            draft.member(closed.connection()).ifPresent(member -> Departures.closed(draft, member));
            draft.comer(closed.connection()).ifPresent(comer -> NameConflicts.closed(draft, comer));
        } else if (event instanceof Event.Damaged damaged) {
            draft.member(damaged.connection()).ifPresent(member -> Damages.damaged(draft, member, damaged));
        } else if (event instanceof Event.Misbehaved wrong) {
            draft.member(wrong.connection()).ifPresent(member -> Departures.misbehaved(draft, member, wrong.reason()));
        } else {
            throw new IllegalArgumentException("an event that nobody decides on: " + event);
        }
    }

    private static void heard(Draft draft, Member member, long step) {
        draft.update(member.heardAt(draft.nowNanos));
        NameConflicts.isAlive(draft, member);
        Backups.standsAt(draft, member, step);
    }

    private static void tick(Draft draft) {
        long gapNanos = draft.nowNanos - draft.tickedNanos;
        draft.tickedNanos = draft.nowNanos;
        if (gapNanos > draft.rules.patience().silence().toNanos() / 2) {
            // This process, or its disk, stood still: heartbeats may have arrived unread, so silence proves nothing.
            draft.members().forEach(member -> draft.update(member.heardAt(draft.nowNanos)));
            draft.progressNanos += gapNanos;
        }
        Departures.silence(draft);
        if (draft.phase == Phase.ALIGNING) {
            Aligning.tick(draft);
        }
        Watch.tick(draft);
    }
}
