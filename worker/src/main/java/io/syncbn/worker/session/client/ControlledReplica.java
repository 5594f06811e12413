package io.syncbn.worker.session.client;

import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.collective.AbandonedException;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.Position;

/**
 * A replica that the session commands. All calls come from the training thread, one after another. Calls that wait for
 * sums throw {@link AbandonedException} when the session ends these waits; the replica is then in the state after its
 * last committed step.
 */
public interface ControlledReplica {

    /** The present position. */
    Position position();

    /** Comes to rest: from here on the others may go on without it, until it is prepared again. */
    void rest();

    /** Loads the run's newest checkpoint that is intact and readable, if it is of a later step. */
    void restore();

    /** Prepares for a generation's shards. The collective belongs to that generation; the caller closes it. */
    void prepare(Plan plan, Collective collective);

    /** Weights, the optimizer's slots and running statistics, one after the other. */
    float[] state();

    /**
     * Takes over a state.
     *
     * @param align the source of the state, and what it should be
     * @param state as {@link #state} returns it
     */
    void takeState(Align align, float[] state);

    /**
     * Does what is due at the present step, and trains from there.
     *
     * @return true if all steps of the job are done, false if the generation has ended with a commit
     */
    boolean train();

    /** Classifies what one of these calls threw. */
    default Fault faultOf(Throwable thrown) {
        return Fault.ofWorker(thrown);
    }

    /**
     * Keeps a checkpoint of the present state, if this worker is the one that keeps them.
     *
     * @param isChosen whether it was chosen to, since the one that did may be gone
     */
    void keepCheckpoint(boolean isChosen);
}
