package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Finished;
import java.util.List;
import java.util.Optional;

/** Handles a worker that has done the last step, or what a stop asks for. */
final class Finishing {
    private Finishing() {}

    static void finished(Draft draft, Member member, Finished result) {
        boolean isOfNow = draft.phase == Phase.STOPPING
                || draft.phase == Phase.RUNNING && member.isSeated() && result.getGeneration() == draft.generation;
        if (!isOfNow) {
            return;
        }
        if (draft.phase == Phase.RUNNING && result.getStep() != draft.committedStep) {
            draft.fail(
                    member.name() + " finished after step " + result.getStep() + ", expected " + draft.committedStep);
            return;
        }
        draft.finished.put(member.name(), result);
        draft.goesOn();
        draft.note(
                Topic.FINISHED,
                Optional.of(member.name()),
                List.of(),
                Optional.of(result.getStateDigest()),
                member.name() + " finished after step " + result.getStep());
        if (member.leaving().isPresent() && draft.phase == Phase.RUNNING) {
            Leaving.letGo(draft, member);
        }
    }
}
