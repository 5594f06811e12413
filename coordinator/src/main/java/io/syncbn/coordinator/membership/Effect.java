package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Plan;

/** Something to be done because of a decision. Effects are carried out in their order. */
public sealed interface Effect {

    /** Sums of this generation may come, from the step after {@code committedStep} on. */
    record BeginGeneration(Assignment assignment, long committedStep) implements Effect {}

    /** Tells a worker what to compute. */
    record SendPlan(long connection, Plan plan) implements Effect {}

    /** Turns somebody away and ends the stream. */
    record Refuse(long connection, String reason) implements Effect {}

    /** Tells a worker that the job has failed. */
    record Abort(long connection, String reason) implements Effect {}

    /** The job has ended well; the last effect of a job. */
    record Succeed(long step, String stateDigest) implements Effect {}

    /** The job has failed; the last effect of a job. */
    record Fail(String reason) implements Effect {}

    /** Something changed that people want to read of. */
    record Log(String text) implements Effect {}
}
