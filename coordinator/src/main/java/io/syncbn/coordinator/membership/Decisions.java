package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Refused;
import io.syncbn.proto.v1.ToWorker;

/** Which decision an event asks for. */
final class Decisions {
    private Decisions() {}

    static void take(Turn turn, Event event) {
        decide(turn, event);
        Namesakes.takePlaces(turn);
    }

    private static void decide(Turn turn, Event event) {
        if (turn.phase == Phase.ENDED) {
            if (event instanceof Event.Joined joined) {
                refuse(turn, joined.connection(), "the job is over");
            }
        } else if (turn.phase == Phase.DONE) {
            if (event instanceof Event.Joined joined) {
                Joining.tooLate(turn, joined.connection(), joined.join());
            }
        } else if (event instanceof Event.Joined joined) {
            Joining.joined(turn, joined.connection(), joined.join());
        } else if (event instanceof Event.StepCommitted committed) {
            Running.committed(turn, committed.step());
        } else if (event instanceof Event.Overdue overdue) {
            Departures.overdue(turn, overdue);
        } else if (event instanceof Event.Straggling straggling) {
            Reruns.straggling(turn, straggling);
        } else if (event instanceof Event.KeepingUp keepingUp) {
            Reruns.keepingUp(turn, keepingUp);
        } else if (event instanceof Event.StopRequested stop) {
            Ending.stopRequested(turn, stop.reason());
        } else if (event instanceof Event.Failed failed) {
            Ending.fail(turn, failed.reason());
        } else if (event instanceof Event.Tick) {
            tick(turn);
        } else {
            ofMember(turn, event);
        }
    }

    /** Events on a connection, which say nothing if nobody of that connection is a member any more. */
    private static void ofMember(Turn turn, Event event) {
        if (event instanceof Event.Heard heard) {
            turn.member(heard.connection()).ifPresent(member -> heard(turn, member, heard.step()));
        } else if (event instanceof Event.BecameReady ready) {
            turn.member(ready.connection()).ifPresent(member -> Aligning.ready(turn, member, ready.ready()));
        } else if (event instanceof Event.Restored restored) {
            turn.member(restored.connection()).ifPresent(member -> Restores.restored(turn, member, restored));
        } else if (event instanceof Event.Leaving leaving) {
            turn.member(leaving.connection()).ifPresent(member -> Departures.leaves(turn, member, leaving.reason()));
            turn.comer(leaving.connection()).ifPresent(comer -> Namesakes.letGo(turn, comer, "it had no place yet"));
        } else if (event instanceof Event.WorkerFailed failed) {
            turn.member(failed.connection()).ifPresent(member -> Departures.failed(turn, member, failed));
        } else if (event instanceof Event.WorkerFinished done) {
            turn.member(done.connection()).ifPresent(member -> Ending.finished(turn, member, done.finished()));
        } else if (event instanceof Event.ControlClosed closed) {
            turn.member(closed.connection()).ifPresent(member -> Departures.closed(turn, member));
            turn.comer(closed.connection()).ifPresent(comer -> Namesakes.closed(turn, comer));
        } else if (event instanceof Event.Damaged damaged) {
            turn.member(damaged.connection()).ifPresent(member -> Departures.damaged(turn, member, damaged));
        } else if (event instanceof Event.Misbehaved wrong) {
            turn.member(wrong.connection()).ifPresent(member -> Departures.misbehaved(turn, member, wrong.reason()));
        } else {
            throw new IllegalArgumentException("an event that nobody decides on: " + event);
        }
    }

    private static void heard(Turn turn, Member member, long step) {
        turn.update(member.heardAt(turn.nowNanos));
        Namesakes.isAlive(turn, member);
        Reruns.standsAt(turn, member, step);
    }

    private static void tick(Turn turn) {
        long gapNanos = turn.nowNanos - turn.tickedNanos;
        turn.tickedNanos = turn.nowNanos;
        if (gapNanos > turn.rules.patience().silenceNanos() / 2) {
            // This process, or its disk, stood still; signs of life may wait unread, and a silence says nothing of the
            // others.
            turn.members().forEach(member -> turn.update(member.heardAt(turn.nowNanos)));
            turn.progressNanos += gapNanos;
        }
        Departures.silence(turn);
        if (turn.phase == Phase.GATHERING) {
            Gathering.tick(turn);
        } else if (turn.phase == Phase.ALIGNING) {
            Aligning.tick(turn);
        } else if (turn.phase == Phase.RUNNING) {
            Running.endIfDue(turn); // somebody may have rested long enough
        }
        Watch.tick(turn);
        Namesakes.tick(turn);
    }

    static void refuse(Turn turn, long connection, String reason) {
        turn.effect(new Effect.Send(
                connection,
                ToWorker.newBuilder()
                        .setRefused(Refused.newBuilder().setReason(reason))
                        .build()));
        turn.effect(new Effect.End(connection));
    }
}
