package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Abort;
import io.syncbn.proto.v1.Evicted;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How workers go: lost, sent away, or by their own wish; and how a generation breaks without anybody going. */
final class Departures {
    private Departures() {}

    static void closed(Turn turn, Member member) {
        turn.note(
                Topic.LOST,
                member.name(),
                turn.generation == 0
                        ? member.name() + " left before the job began: "
                                + turn.rules.count(turn.members().size() - 1)
                        : wasLost(turn, member, "its connection closed"));
        turn.lose(member);
        turn.effect(new Effect.End(member.connection()));
        afterLoss(turn, member);
    }

    /** A worker cannot go on. Only what no other could do either ends the job, and only from one that has a place in it. */
    static void failed(Turn turn, Member member, Event.WorkerFailed failed) {
        // Who keeps the checkpoint that a stop asks for has no other in its place.
        boolean isKeeper = turn.phase == Phase.STOPPING && member.seat() == 0;
        if (failed.isOfJob() && member.isSeated() || isKeeper) {
            turn.remove(member);
            Ending.fail(turn, member.name() + ": " + failed.reason());
            return;
        }
        turn.note(
                Topic.FAULT,
                member.name(),
                turn.describe(member) + " failed, at step " + (turn.committedStep + 1) + ": " + failed.reason());
        turn.lose(member);
        turn.effect(new Effect.End(member.connection()));
        if (member.isSeated()) {
            turn.suspicions = turn.suspicions.failed(failed.fault().isEmpty() ? failed.reason() : failed.fault());
        }
        if (turn.suspicions.sameFaults() >= Rules.MOST_SAME_FAULTS) {
            Ending.fail(
                    turn,
                    turn.suspicions.sameFaults() + " workers in a row failed of the same at step "
                            + (turn.committedStep + 1) + "; the last one: " + member.name() + ": " + failed.reason());
        } else {
            afterLoss(turn, member);
        }
    }

    /** Sends away all that were waited for too long. */
    static void late(Turn turn, List<Member> late, String reason) {
        late.forEach(member -> evict(turn, member, turn.describe(member) + " was sent away: " + reason));
        afterLosses(turn, late);
    }

    /** Sends away all that have been silent for too long. */
    static void silence(Turn turn) {
        List<Member> silent = turn.members().stream()
                .filter(member -> member.wasPlanned() && !turn.hasFinished(member))
                .filter(member -> turn.nowNanos - member.heardNanos()
                        >= turn.rules.patience().silenceNanos())
                .toList();
        for (Member member : silent) {
            long millis = TimeUnit.NANOSECONDS.toMillis(turn.nowNanos - member.heardNanos());
            evict(turn, member, wasLost(turn, member, "nothing came from it for " + millis + " ms"));
        }
        afterLosses(turn, silent);
    }

    static void overdue(Turn turn, Event.Overdue overdue) {
        if (turn.phase != Phase.RUNNING || overdue.generation() != turn.generation) {
            return;
        }
        List<Member> late = turn.seated().stream()
                .filter(member -> overdue.workers().contains(member.seat()))
                .toList();
        for (Member member : late) {
            evict(turn, member, turn.describe(member) + " was sent away: " + overdue.reason());
        }
        afterLosses(turn, late);
    }

    private static void evict(Turn turn, Member member, String reason) {
        turn.note(Topic.EVICTED, member.name(), reason);
        turn.lose(member);
        turn.send(member, ToWorker.newBuilder().setEvicted(Evicted.newBuilder().setReason(reason)));
        turn.effect(new Effect.End(member.connection()));
    }

    /** Sends away a worker that is not right, for good. */
    static void misbehaved(Turn turn, Member member, String reason) {
        String why = turn.describe(member) + " was sent away: " + reason;
        turn.note(Topic.EVICTED, member.name(), why);
        turn.lose(member);
        turn.send(member, ToWorker.newBuilder().setAbort(Abort.newBuilder().setReason(why)));
        turn.effect(new Effect.End(member.connection()));
        afterLoss(turn, member);
    }

    /** A worker wants to go. It goes at the next commit if its part of a step, or its state, is needed, and else at once. */
    static void leaves(Turn turn, Member member, String reason) {
        if (turn.phase == Phase.STOPPING || member.leaving().isPresent()) {
            return; // It is about to go as it is.
        }
        Member leaver = member.leavingFor(reason);
        turn.update(leaver);
        boolean isSeated = member.isSeated() && !turn.hasFinished(member);
        if (turn.phase == Phase.RUNNING && isSeated) {
            Running.endIfDue(turn);
        } else if (turn.phase != Phase.ALIGNING || !isSeated) {
            letGo(turn, leaver);
        }
    }

    static void letGo(Turn turn, Member leaver) {
        turn.note(
                Topic.LEFT,
                leaver.name(),
                leaver.name() + " leaves after step " + turn.committedStep + ": "
                        + leaver.leaving().orElseThrow());
        turn.release(leaver, "the others go on without " + leaver.name());
    }

    /** A frame or a data stream broke: the generation ends, but nobody goes. */
    static void damaged(Turn turn, Member member, Event.Damaged damaged) {
        boolean isOfNow = damaged.generation() == turn.generation
                && (turn.phase == Phase.ALIGNING || turn.phase == Phase.RUNNING)
                && member.isSeated()
                && !turn.hasFinished(member);
        if (!isOfNow) {
            return;
        }
        turn.damagedInARow++;
        turn.suspicions = turn.suspicions.damaged(member.name(), turn.committedStep);
        int times = turn.suspicions.damagesOf(member.name());
        turn.note(Topic.DAMAGED, member.name(), damaged.reason() + ", at step " + (turn.committedStep + 1));
        if (turn.damagedInARow >= Rules.MOST_DAMAGED_IN_A_ROW) {
            Ending.fail(
                    turn,
                    turn.damagedInARow + " generations in a row broke at step " + (turn.committedStep + 1)
                            + "; the last time: " + damaged.reason());
        } else if (times >= Rules.MOST_DAMAGES_OF_A_WORKER) {
            evict(
                    turn,
                    member,
                    turn.describe(member) + " was sent away: " + times
                            + " generations broke at its connections; the last time: " + damaged.reason());
            turn.suspicions = turn.suspicions.sentAway(member.name(), turn.nowNanos);
            afterLoss(turn, member);
        } else {
            Seating.next(turn);
        }
    }

    private static void afterLosses(Turn turn, List<Member> lost) {
        lost.stream()
                .filter(member -> member.isSeated() && !turn.hasFinished(member))
                .findFirst()
                .or(() -> lost.stream().findFirst())
                .ifPresent(member -> afterLoss(turn, member));
    }

    /** What follows when a member is there no longer. One that had finished is not needed any more. */
    static void afterLoss(Turn turn, Member lost) {
        if (turn.phase == Phase.STOPPING) {
            Ending.whenAllHaveFinished(turn);
        } else if (lost.isSeated()
                && (turn.phase == Phase.ALIGNING || turn.phase == Phase.RUNNING && !turn.hasFinished(lost))) {
            Seating.next(turn);
        }
    }

    private static String wasLost(Turn turn, Member member, String how) {
        return turn.describe(member) + " was lost: " + how + ", at step " + (turn.committedStep + 1);
    }
}
