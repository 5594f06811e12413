package io.syncbn.worker.session.client;

import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.collective.AbandonedException;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.Position;

/**
 * A replica, as the session commands it. All calls come from the training thread, one after another. Calls that wait for sums
 * throw {@link AbandonedException} when the session ends these waits; the replica is then as after its last committed step.
 */
public interface ControlledReplica {

    /** Where it stands. */
    Position position();

    /** The others may go on without it from here on, until it is prepared again. */
    void rest();

    /** Takes over the run's newest checkpoint that is whole and can be read, if there is one of a later step. */
    void restore();

    /** Gets what a generation's shards need. The collective is of that generation, and the caller's to close. */
    void prepare(Plan plan, Collective collective);

    /** Weights, the optimizer's slots and running statistics, one after the other. */
    float[] state();

    /**
     * Takes over a state.
     *
     * @param align whose it is and what it should be
     * @param state as {@link #state} gives it
     */
    void takeState(Align align, float[] state);

    /**
     * Does what is due at the present step, and trains from there.
     *
     * @return whether the job's steps are all done; otherwise the generation has ended with a commit
     */
    boolean train();

    /** Whose fault it is, that one of these calls threw this. */
    default Fault faultOf(Throwable thrown) {
        return Fault.ofWorker(thrown);
    }

    /**
     * Keeps a checkpoint of the present state, if this worker is the one that keeps them.
     *
     * @param isChosen whether it is in any case: the one that did may be gone
     */
    void keepCheckpoint(boolean isChosen);
}
