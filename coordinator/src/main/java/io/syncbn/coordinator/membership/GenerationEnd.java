package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;

/** What the end of a generation changes, however it comes. */
final class GenerationEnd {
    private GenerationEnd() {}

    /** Of a step that was committed at last, its own result may be lost with a connection; not those before. */
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
