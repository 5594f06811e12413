package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Stop;
import io.syncbn.proto.v1.ToWorker;
import java.util.Optional;

/** How a job stops because the user wants it: workers keep a checkpoint, and finish. */
final class Stopping {
    private Stopping() {}

    static void requested(Draft draft, String reason) {
        if (draft.stopping.isEmpty()) {
            draft.stopping = Optional.of(reason);
            draft.note(Topic.STOP, reason);
        }
    }

    /**
     * Lets workers end. Those that never had a place, or have not come to the state yet, have nothing to keep: a checkpoint
     * of theirs would be of an earlier step than the run has come to.
     */
    static void begin(Draft draft) {
        draft.phase = Phase.STOPPING;
        draft.goesOn();
        String reason = draft.stopping.orElseThrow();
        for (Member member : draft.members()) {
            if (member.wasPlanned() && member.mayHave(draft.baseStep)) {
                draft.send(
                        member, ToWorker.newBuilder().setStop(Stop.newBuilder().setReason(reason)));
            } else {
                draft.release(member, "the job is stopping: " + reason);
            }
        }
        draft.comers().forEach(comer -> Namesakes.letGo(draft, comer, "the job is stopping: " + reason));
    }
}
