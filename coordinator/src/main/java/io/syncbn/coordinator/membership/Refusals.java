package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Refused;
import io.syncbn.proto.v1.ToWorker;

/** Tells a worker that it may not join, and notes the refusal. */
final class Refusals {
    private Refusals() {}

    static void refuse(Draft draft, long connection, String reason) {
        draft.sendLast(
                connection,
                ToWorker.newBuilder().setRefused(Refused.newBuilder().setReason(reason)));
    }

    static void note(Draft draft, Join join, String reason) {
        draft.note(
                Topic.REFUSED,
                join.getName(),
                "refused " + join.getName() + " from host " + join.getHost() + ": " + reason);
    }
}
