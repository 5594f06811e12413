package io.syncbn.worker.train;

import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.CheckpointInfo;
import io.syncbn.worker.data.Dataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.nn.Description;
import io.syncbn.worker.record.RunFacts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Whether a checkpoint comes from the model, the data and the arithmetic that it is to be used with. */
final class SameOrigin {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private SameOrigin() {}

    /** @throws CheckpointException if the model computes something else from the same weights */
    static void require(Checkpoint checkpoint, Description model) {
        model.difference(checkpoint.info().model()).ifPresent(difference -> {
            throw new CheckpointException("checkpoint " + checkpoint.directory()
                    + " is of another version of the model: " + difference
                    + ". To start a new job from its weights, use --init with its model.safetensors");
        });
    }

    /** @throws CheckpointException if data or arithmetic differ and may not */
    static void require(Checkpoint checkpoint, Dataset data, Arithmetic arithmetic, Resume resume) {
        CheckpointInfo there = checkpoint.info();
        if (!there.dataDigest().equals(data.digest())) {
            String difference =
                    "other data: its digest is " + there.dataDigest() + " there, " + data.digest() + " here";
            allow(checkpoint, difference, resume.mayHaveOtherData(), "--allow-other-data");
        }
        if (!there.arithmetic().equals(arithmetic.digest())) {
            allow(
                    checkpoint,
                    otherArithmetic(there, arithmetic),
                    resume.mayHaveOtherArithmetic(),
                    "--allow-other-arithmetic");
        }
    }

    /** Only warns: with other arithmetic, a result may differ in its last digits. */
    static void warn(Checkpoint checkpoint, Arithmetic arithmetic) {
        if (!checkpoint.info().arithmetic().equals(arithmetic.digest())) {
            LOG.log(
                    Level.WARNING,
                    "checkpoint " + checkpoint.directory() + " comes from "
                            + otherArithmetic(checkpoint.info(), arithmetic)
                            + "; the result may differ in its last digits from what training said");
        }
    }

    private static String otherArithmetic(CheckpointInfo there, Arithmetic here) {
        return "other arithmetic: " + there.computedWith().getOrDefault(RunFacts.ARITHMETIC, "?") + " (digest "
                + there.arithmetic() + ") there, " + here + " (digest " + here.digest() + ") here";
    }

    private static void allow(Checkpoint checkpoint, String difference, boolean isAllowed, String flag) {
        String text = "checkpoint " + checkpoint.directory() + " comes from " + difference;
        if (!isAllowed) {
            throw new CheckpointException(text
                    + ", so that the run would not end with the weights of one that never stopped; " + flag
                    + " goes on all the same");
        }
        LOG.log(Level.WARNING, text + "; goes on, as " + flag + " says");
    }
}
