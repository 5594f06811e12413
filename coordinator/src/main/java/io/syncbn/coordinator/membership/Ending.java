package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Abort;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Stop;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a job ends: done, stopped by the user, or failed. */
final class Ending {
    private Ending() {}

    static void finished(Turn turn, Member member, Finished result) {
        boolean isOfNow = turn.phase == Phase.STOPPING
                || turn.phase == Phase.RUNNING && member.isSeated() && result.getGeneration() == turn.generation;
        if (!isOfNow) {
            return;
        }
        if (turn.phase == Phase.RUNNING && result.getStep() != turn.committedStep) {
            fail(turn, member.name() + " finished after step " + result.getStep() + ", expected " + turn.committedStep);
            return;
        }
        turn.finished.put(member.name(), result);
        turn.goesOn();
        turn.note(
                Topic.FINISHED,
                Optional.of(member.name()),
                List.of(),
                Optional.of(result.getStateDigest()),
                member.name() + " finished after step " + result.getStep());
        if (member.leaving().isPresent() && turn.phase == Phase.RUNNING) {
            Departures.letGo(turn, member);
        }
        whenAllHaveFinished(turn);
    }

    /** Ends the job if nobody is left that has not finished. */
    static void whenAllHaveFinished(Turn turn) {
        if (!turn.computing().stream().allMatch(turn::hasFinished)) {
            return;
        }
        long step = turn.finished.values().stream()
                .mapToLong(Finished::getStep)
                .max()
                .orElse(turn.committedStep);
        Map<String, List<String>> namesByDigest = turn.finished.entrySet().stream()
                .filter(entry -> entry.getValue().getStep() == step)
                .sorted(Map.Entry.comparingByKey(new NaturalOrder()))
                .collect(Collectors.groupingBy(
                        entry -> entry.getValue().getStateDigest(),
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        if (namesByDigest.size() > 1) {
            fail(turn, "workers have different weights after step " + step + ": " + list(namesByDigest));
            return;
        }
        String digest = namesByDigest.keySet().stream().findFirst().orElse("");
        if (turn.phase == Phase.STOPPING) {
            end(turn, Topic.STOPPED, "the job is stopped after step " + step, digest, new Effect.Stop(step, digest));
        } else {
            end(turn, Topic.DONE, "the job is done after step " + step, digest, new Effect.Succeed(step, digest));
        }
    }

    private static void end(Turn turn, Topic topic, String text, String digest, Effect.Last last) {
        turn.members().stream().filter(member -> !member.isSeated()).forEach(member -> turn.release(member, text));
        turn.comers().forEach(comer -> Namesakes.letGo(turn, comer, text));
        turn.phase = last instanceof Effect.Succeed ? Phase.DONE : Phase.ENDED;
        turn.note(topic, Optional.empty(), List.of(), Optional.of(digest).filter(known -> !known.isEmpty()), text);
        turn.effect(last);
    }

    static void stopRequested(Turn turn, String reason) {
        if (turn.stopping.isPresent()) {
            return;
        }
        turn.stopping = Optional.of(reason);
        turn.note(Topic.STOP, reason);
        if (turn.phase == Phase.GATHERING) {
            stop(turn);
        } else {
            Running.endIfDue(turn);
        }
    }

    /**
     * Lets workers end. Those that never had a place, or have not come to the state yet, have nothing to keep: a checkpoint
     * of theirs would be of an earlier step than the run has come to.
     */
    static void stop(Turn turn) {
        if (turn.phase != Phase.GATHERING) {
            Seating.endGeneration(turn);
        }
        turn.phase = Phase.STOPPING;
        turn.goesOn();
        String reason = turn.stopping.orElseThrow();
        for (Member member : turn.members()) {
            if (member.wasPlanned() && member.mayHave(turn.baseStep)) {
                turn.send(
                        member, ToWorker.newBuilder().setStop(Stop.newBuilder().setReason(reason)));
            } else {
                turn.release(member, "the job is stopping: " + reason);
            }
        }
        turn.comers().forEach(comer -> Namesakes.letGo(turn, comer, "the job is stopping: " + reason));
        whenAllHaveFinished(turn);
    }

    /** Fails the job, and tells everyone who is there. */
    static void fail(Turn turn, String reason) {
        for (Member member : turn.members()) {
            turn.send(member, ToWorker.newBuilder().setAbort(Abort.newBuilder().setReason(reason)));
        }
        turn.comers().forEach(comer -> Namesakes.refuse(turn, comer, "the job has failed: " + reason));
        turn.phase = Phase.ENDED;
        turn.note(Topic.FAILED, "the job failed: " + reason);
        turn.effect(new Effect.Fail(reason));
    }

    /** Names and what they have, as in "worker-0, worker-2 aaaa; worker-1 bbbb". */
    static String list(Map<String, List<String>> namesByDigest) {
        return namesByDigest.entrySet().stream()
                .map(entry -> String.join(", ", entry.getValue()) + " " + entry.getKey())
                .sorted(new NaturalOrder())
                .collect(Collectors.joining("; "));
    }
}
