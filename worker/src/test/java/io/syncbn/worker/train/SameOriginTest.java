package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.Checkpoints;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Description;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.record.LogCapture;
import io.syncbn.worker.record.RunFacts;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint goes with the model, the data and the arithmetic that it comes from. */
class SameOriginTest {
    private static final Job JOB = LocalTraining.job(Map.of("model", Version.class.getName(), "steps", "5"));
    private static final Arithmetic OTHER = new Arithmetic("other bits", "library 2.0", "half", "no vectors");

    /** As if it were a class of which one process has the first version and another the second. */
    public static final class Version implements Architecture {
        private static boolean isSecond;

        @Override
        public void define(Net net) {
            net.conv2d("conv", 3, 3, 1, 1).batchNorm("bn");
            if (isSecond) {
                net.relu();
            }
            net.globalAveragePool().dense("fc", net.classes());
        }
    }

    @TempDir
    private Path run;

    private final DecodedDataset data = new PoisonedData(0).undecoded();

    @AfterEach
    void close() {
        data.close();
        Version.isSecond = false;
    }

    private Path checkpoint(String dataDigest) {
        Replicas fresh = Replicas.open(JOB, data, LocalTraining.ARITHMETIC, Optional.empty());
        Description model = fresh.definition().description();
        Origin origin = new Origin(
                JOB,
                dataDigest,
                model,
                LocalTraining.ARITHMETIC.digest(),
                RunFacts.computedWith(LocalTraining.ARITHMETIC, "test"),
                DataDescription.NONE);
        return new Checkpoints(run, 1).write(fresh.initialState(), 0, origin);
    }

    private Replicas resume(Path from, Arithmetic arithmetic, boolean otherData, boolean otherArithmetic) {
        return Replicas.open(JOB, data, arithmetic, Optional.of(new Resume(from, otherData, otherArithmetic)));
    }

    @Test
    void theSameIsTaken() throws Exception {
        Path from = checkpoint(data.digest());
        try (LogCapture logged = new LogCapture()) {
            resume(from, LocalTraining.ARITHMETIC, false, false);
            Replicas.ofCheckpoint(JOB, data, LocalTraining.ARITHMETIC, from);
            assertThat(logged.lines()).isEmpty();
        }
    }

    @Test
    void otherDataIsRefusedUnlessItIsAllowed() throws Exception {
        Path from = checkpoint("other");
        String message = "checkpoint " + from + " comes from other data: its digest is other there, " + data.digest();
        assertThatThrownBy(() -> resume(from, LocalTraining.ARITHMETIC, false, true))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("--allow-other-data");
        try (LogCapture logged = new LogCapture()) {
            resume(from, LocalTraining.ARITHMETIC, true, false);
            assertThat(logged.lines()).hasSize(1).first().asString().startsWith("WARNING " + message);
        }
    }

    @Test
    void otherArithmeticIsRefusedUnlessItIsAllowed() throws Exception {
        Path from = checkpoint(data.digest());
        String message = "checkpoint " + from + " comes from other arithmetic: library 1.0 for all, no vectors"
                + " (digest bits) there, library 2.0 for half, no vectors (digest other bits) here";
        assertThatThrownBy(() -> resume(from, OTHER, true, false))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("--allow-other-arithmetic");
        try (LogCapture logged = new LogCapture()) {
            resume(from, OTHER, false, true);
            Replicas.ofCheckpoint(JOB, data, OTHER, from);
            assertThat(logged.lines())
                    .as("evaluation only warns")
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("WARNING " + message));
        }
    }

    @Test
    void anotherVersionOfTheModelIsRefusedByAll() {
        Path from = checkpoint(data.digest());
        Version.isSecond = true;
        String message = "checkpoint " + from + " is of another version of the model: line 3 of its layers is"
                + " \"globalAveragePool\" there, \"relu\" here";
        assertThatThrownBy(() -> resume(from, LocalTraining.ARITHMETIC, true, true))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(message);
        assertThatThrownBy(() -> Replicas.ofCheckpoint(JOB, data, LocalTraining.ARITHMETIC, from))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(message);
    }
}
