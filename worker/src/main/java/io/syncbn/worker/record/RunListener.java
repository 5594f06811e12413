package io.syncbn.worker.record;

/**
 * Receives the events of a run while this worker writes it. To add one: write the class, and name it in {@link
 * RunFiles#ASIDE}.
 *
 * <p>Order: {@link #begins} first, steps and evaluations as they are committed, then {@link #finished} or
 * {@link #ended} if the job is over while this worker writes it, and {@link #close} last. When the writer changes, later
 * steps go to a new listener, perhaps on another worker, so no listener may count on seeing all steps. One that is made
 * for {@link #ended} alone has not begun: the worker that was the last to write is at rest when most jobs fail. After the
 * job has gone back to a checkpoint, steps come again with the same numbers and, but for times, the same contents.
 *
 * <p>Threading: one call at a time. {@link AsideListener} makes and calls each one that is named in {@link
 * RunFiles#ASIDE} on a thread of its own. There it may block: neither steps nor other listeners wait for it. Its events
 * are queued; if it falls too far behind, the oldest steps are dropped, which is logged and counted. At the end of the run all listeners together have {@value
 * WritingThread#CLOSE_SECONDS} s for what is queued: a network timeout must be shorter. Only {@link
 * CheckpointKeeper}, whose failure must end the job, is called by the training thread.
 *
 * <p>Exceptions: all are counted, the first in a row is logged; training goes on, and later events are still delivered.
 * Arguments never change, and may be kept. {@link JsonText#line} makes the line of metrics.jsonl of a step.
 */
public interface RunListener extends AutoCloseable {

    /**
     * Called first, when this process begins to write steps.
     *
     * @param step the last one done
     */
    default void begins(long step) {}

    /** A step from before {@link #begins}, which the previous writer may not have recorded. */
    default void steppedBefore(StepRecord step) {}

    default void stepped(StepRecord step) {}

    /** May come again for a step, with the same result, when a generation has ended with it. */
    default void evaluated(long step, double epoch, Evaluation evaluation) {}

    /** Every so many steps ({@link Tracking#histogramsEvery}), before {@link #stepped}. */
    default void normalization(long step, NormTensors tensors) {}

    /** The job is done, and all workers agree on the result. */
    default void finished(RunResult result, RunFacts facts) {}

    /** The job is over without a result, and this worker was the last to write it. It may go on, in another process. */
    default void ended(RunEnd end) {}

    @Override
    default void close() {}
}
