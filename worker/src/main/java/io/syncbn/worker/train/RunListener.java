package io.syncbn.worker.train;

/**
 * Told of everything that a run leaves behind. The worker that has shard 0 has one that writes the run directory; the
 * others have {@link #NONE}. Called by the training thread.
 */
interface RunListener extends AutoCloseable {

    /** Before the first of a row of steps that this process writes. */
    void begins(TrainingState state);

    /** A step from before this listener's beginning, of which the one before may not have told any more. */
    void steppedBefore(StepRecord step);

    void stepped(StepRecord step);

    void evaluated(long step, double epoch, Evaluation evaluation);

    /** A checkpoint is due. Training goes on without it if it cannot be kept. */
    void checkpoint(TrainingState state);

    /**
     * Training ends here, with a checkpoint.
     *
     * @throws RuntimeException with a message for the user if it cannot be kept
     */
    void lastCheckpoint(TrainingState state);

    /** The job is done, and all workers agree on the result. */
    void finished(TrainingState state, double epochs, String weightsSha256, RunFacts facts);

    @Override
    void close();

    RunListener NONE = new RunListener() {
        @Override
        public void begins(TrainingState state) {}

        @Override
        public void steppedBefore(StepRecord step) {}

        @Override
        public void stepped(StepRecord step) {}

        @Override
        public void evaluated(long step, double epoch, Evaluation evaluation) {}

        @Override
        public void checkpoint(TrainingState state) {}

        @Override
        public void lastCheckpoint(TrainingState state) {}

        @Override
        public void finished(TrainingState state, double epochs, String weightsSha256, RunFacts facts) {}

        @Override
        public void close() {}
    };
}
