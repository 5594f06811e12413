package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.ModelState;

/**
 * Told of everything that a run leaves behind. The worker that has shard 0 has one that writes the run directory; the
 * others have {@link #NONE}. Called by the training thread.
 */
public interface RunListener extends AutoCloseable {

    /**
     * Before the first of a row of steps that this process writes.
     *
     * @param step the last that is done
     */
    void begins(long step);

    /** A step from before this listener's beginning, of which the one before may not have told any more. */
    void steppedBefore(StepRecord step);

    void stepped(StepRecord step);

    void evaluated(long step, double epoch, Evaluation evaluation);

    /**
     * A checkpoint is due. Training goes on without it if it cannot be kept.
     *
     * @param state may change as soon as this returns
     * @param epochsDone whole passes over the data
     */
    void checkpoint(ModelState state, long epochsDone);

    /**
     * Training ends here, with a checkpoint.
     *
     * @throws RuntimeException with a message for the user if it cannot be kept
     */
    void lastCheckpoint(ModelState state, long epochsDone);

    /** The job is done, and all workers agree on the result. */
    void finished(RunResult result, RunFacts facts);

    @Override
    void close();

    RunListener NONE = new RunListener() {
        @Override
        public void begins(long step) {}

        @Override
        public void steppedBefore(StepRecord step) {}

        @Override
        public void stepped(StepRecord step) {}

        @Override
        public void evaluated(long step, double epoch, Evaluation evaluation) {}

        @Override
        public void checkpoint(ModelState state, long epochsDone) {}

        @Override
        public void lastCheckpoint(ModelState state, long epochsDone) {}

        @Override
        public void finished(RunResult result, RunFacts facts) {}

        @Override
        public void close() {}
    };
}
