package io.syncbn.coordinator;

/** How a job ended. */
public sealed interface Outcome {

    /**
     * All workers have done the last step, with equal weights.
     *
     * @param stateDigest SHA-256 (hex) of model and optimizer
     */
    record Success(long step, String stateDigest) implements Outcome {}

    /**
     * The user has stopped the job; it can be resumed from what was committed up to this step.
     *
     * @param stateDigest SHA-256 (hex) of model and optimizer, or empty if no worker was left to report it
     */
    record Stopped(long step, String stateDigest) implements Outcome {}

    /** @param reason for the user */
    record Failure(String reason) implements Outcome {}
}
