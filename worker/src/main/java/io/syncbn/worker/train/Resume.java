package io.syncbn.worker.train;

import java.nio.file.Path;

/**
 * How to go on with a run.
 *
 * @param from its directory, or one of its checkpoints
 * @param mayHaveOtherData whether it goes on with other data than the checkpoint comes from
 * @param mayHaveOtherArithmetic whether it goes on where a probe computes other bits
 */
public record Resume(Path from, boolean mayHaveOtherData, boolean mayHaveOtherArithmetic) {

    /** The same, from somewhere else. */
    Resume of(Path other) {
        return new Resume(other, mayHaveOtherData, mayHaveOtherArithmetic);
    }
}
