package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.nn.Replica;
import java.util.function.Consumer;

/**
 * The listener that keeps the model's states; unlike other listeners' exceptions, its own end the job. Called by the
 * training thread, so it must ensure itself that no step waits for a disk.
 */
public interface CheckpointKeeper extends RunListener {

    /** Keeps nothing. */
    CheckpointKeeper NONE = new CheckpointKeeper() {
        @Override
        public void checkpoint(ModelState state, long epochsDone, Consumer<ModelState> further) {}

        @Override
        public void lastCheckpoint(ModelState state, long epochsDone) {}
    };

    /**
     * A step has changed the model.
     *
     * @param replica may change as soon as this returns
     * @param gradient sum over the examples of the global batch, as {@code replica.weights()} lie; may change likewise
     */
    default void changed(long step, Replica replica, float[] gradient, long examples) {}

    /**
     * A checkpoint is due. Training goes on without it if it cannot be kept.
     *
     * @param state may change as soon as this returns
     * @param epochsDone whole passes over the data
     * @param further done with the copy that is kept, by the thread that writes it, whether it could be written or not
     */
    void checkpoint(ModelState state, long epochsDone, Consumer<ModelState> further);

    /**
     * Training ends here, with a checkpoint.
     *
     * @throws RuntimeException with a message for the user if it cannot be kept
     */
    void lastCheckpoint(ModelState state, long epochsDone);
}
