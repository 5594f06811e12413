package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Abort;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a job ends: done, stopped by the user, or failed. */
final class Endings {
    private Endings() {}

    /** All workers that are left have finished. */
    static void finish(Draft draft) {
        long step = draft.keeper
                .flatMap(keeper -> Optional.ofNullable(draft.finished.get(keeper)))
                .map(Finished::getStep)
                .orElseGet(() -> furthest(draft));
        Map<String, List<String>> namesByDigest = draft.finished.entrySet().stream()
                .filter(entry -> entry.getValue().getStep() == step)
                .sorted(Map.Entry.comparingByKey(new NaturalOrder()))
                .collect(Collectors.groupingBy(
                        entry -> entry.getValue().getStateDigest(),
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        if (namesByDigest.size() > 1) {
            fail(draft, "workers have different weights after step " + step + ": " + NaturalOrder.list(namesByDigest));
            return;
        }
        String digest = namesByDigest.keySet().stream().findFirst().orElse("");
        if (draft.phase == Phase.STOPPING) {
            boolean isLost = draft.keeper.isPresent() && !draft.finished.containsKey(draft.keeper.get());
            String text = "the job is stopped after step " + step
                    + (isLost ? ", of which no checkpoint was kept: all who could are gone" : "");
            end(draft, Topic.STOPPED, text, digest, new Effect.Stop(step, digest));
        } else {
            end(draft, Topic.DONE, "the job is done after step " + step, digest, new Effect.Succeed(step, digest));
        }
    }

    private static long furthest(Draft draft) {
        return draft.finished.values().stream()
                .mapToLong(Finished::getStep)
                .max()
                .orElse(draft.committedStep);
    }

    private static void end(Draft draft, Topic topic, String text, String digest, Effect.Last last) {
        draft.members().stream().filter(member -> !member.isSeated()).forEach(member -> draft.release(member, text));
        draft.comers().forEach(comer -> NameConflicts.letGo(draft, comer, text));
        draft.phase = last instanceof Effect.Succeed ? Phase.DONE : Phase.ENDED;
        draft.note(topic, Optional.empty(), List.of(), Optional.of(digest).filter(known -> !known.isEmpty()), text);
        draft.effect(last);
    }

    /** Fails the job, and tells every worker that is present. */
    static void fail(Draft draft, String reason) {
        for (Member member : draft.members()) {
            draft.send(member, ToWorker.newBuilder().setAbort(Abort.newBuilder().setReason(reason)));
        }
        draft.comers().forEach(comer -> NameConflicts.refuse(draft, comer, "the job has failed: " + reason));
        draft.phase = Phase.ENDED;
        draft.note(Topic.FAILED, "the job failed: " + reason);
        draft.effect(new Effect.Fail(reason));
    }
}
