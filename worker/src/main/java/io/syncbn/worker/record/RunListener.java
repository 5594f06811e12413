package io.syncbn.worker.record;

/**
 * Told of what a run comes to, while this worker writes it. To add one: write the class, and name it in {@link
 * RunFiles#ASIDE}.
 *
 * <p>Order: {@link #begins} first, steps and evaluations as they are committed, then {@link #finished} if the job is done
 * while this worker writes it, and {@link #close} last. The next row of steps has a listener of its own; whichever worker
 * writes it, so that nobody should count on having been told of all steps.
 *
 * <p>Threading: one call at a time. {@link AsideListener} gives each one that is named in {@link RunFiles#ASIDE} a thread of
 * its own, in which it is made as well. There it may block on whatever it likes: no step waits for it, nor does another
 * listener. What it is to be told waits in a queue; from one that falls too far behind the oldest steps are kept, which is
 * told in the log and counted. Only {@link CheckpointKeeper}, which cannot do its duty aside, is called by the training
 * thread.
 *
 * <p>Exceptions: are told in the log, the first in a row, and counted; training goes on, and so does what the listener is
 * told. All that is given to it stays as it is, and may be kept.
 */
public interface RunListener extends AutoCloseable {

    /**
     * Before the first of a row of steps that this process writes.
     *
     * @param step the last that is done
     */
    default void begins(long step) {}

    /** A step from before this listener's beginning, of which the one before may not have told any more. */
    default void steppedBefore(StepRecord step) {}

    default void stepped(StepRecord step) {}

    /** May come again for a step, with the same result, when a generation has ended with it. */
    default void evaluated(long step, double epoch, Evaluation evaluation) {}

    /** The job is done, and all workers agree on the result. */
    default void finished(RunResult result, RunFacts facts) {}

    @Override
    default void close() {}
}
