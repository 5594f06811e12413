package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;

/** What the end of a generation changes, whatever its cause. */
final class GenerationEnd {
    private GenerationEnd() {}

    /** Only the last committed step's result may be lost with a connection; earlier steps must not be. */
    static void end(Draft draft) {
        draft.baseStep = Math.max(draft.baseStep, draft.committedStep - 1);
        if (draft.phase == Phase.RUNNING) {
            Assignment assignment = draft.assignment.orElseThrow();
            draft.seated()
                    .forEach(member -> draft.update(member.tookPartIn(
                            draft.committedStep,
                            assignment.backupOf(member.seat()).isPresent())));
        }
        draft.effect(new Effect.EndGeneration(draft.generation));
        draft.finished.clear();
        draft.isEnding = false;
        draft.alignStep = CurrentGeneration.NOT_ALIGNED;
    }
}
