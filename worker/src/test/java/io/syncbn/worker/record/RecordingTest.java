package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.v1.ReplicaDigest;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a worker records, and whether it tells of the end, as it writes the run and does not. */
class RecordingTest {
    private static final ParameterLayout LAYOUT = new ParameterLayout(
            List.of(new ParameterLayout.Entry("fc.weight", List.of(3, 2), 0, ParameterLayout.Role.WEIGHT)));

    private final WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty());
    private final Reports reports = new Reports(List.of(), () -> 0, () -> 0);
    private final List<String> heard = new ArrayList<>();
    /** States that were kept, each of which is a copy. */
    private final List<ModelState> kept = new ArrayList<>();

    private int listeners;

    private final Recording recording = new Recording(
            new WriterTurn(new RunTarget(Path.of("nowhere"), 3, "worker-0", true), "aa01", "nowhere:1"),
            () -> new Heard(++listeners),
            new CheckpointTimer(Duration.ZERO, () -> 0),
            metrics,
            new StartTimes(0, () -> 0),
            reports);

    private final class Heard implements CheckpointKeeper {
        private final int number;

        Heard(int number) {
            this.number = number;
        }

        @Override
        public void begins(long step) {
            heard.add(number + " begins");
        }

        @Override
        public void checkpoint(ModelState state, long epochsDone, Consumer<ModelState> further) {
            kept.add(state.copy());
            further.accept(kept.get(kept.size() - 1));
        }

        @Override
        public void lastCheckpoint(ModelState state, long epochsDone) {}

        @Override
        public void ended(RunEnd end) {
            heard.add(number + " " + end);
        }

        @Override
        public void close() {
            heard.add(number + " closes");
        }
    }

    @AfterEach
    void end() {
        recording.close();
        metrics.close();
    }

    @Test
    void whoeverWritesTellsHowTheJobEnds() {
        recording.begin(0, false);
        recording.ended(RunEnd.STOPPED);
        recording.close();
        assertThat(heard).containsExactly("1 begins", "1 STOPPED", "1 closes");
    }

    /** A job that fails brings its workers to rest first. */
    @Test
    void whoeverWroteLastTellsHowTheJobEndsThoughItIsAtRest() {
        recording.begin(0, false);
        recording.end();
        recording.end();
        recording.ended(RunEnd.FAILED);
        recording.close();
        assertThat(heard).containsExactly("1 begins", "1 closes", "2 FAILED", "2 closes");
    }

    @Test
    void afterAnotherHasWrittenThatOneTells() {
        recording.begin(0, false);
        recording.end();
        recording.handOver();
        recording.ended(RunEnd.FAILED);
        assertThat(heard).containsExactly("1 begins", "1 closes");
        recording.begin(5, true);
        recording.end();
        recording.ended(RunEnd.FAILED);
        assertThat(heard.subList(2, 6)).containsExactly("2 begins", "2 closes", "3 FAILED", "3 closes");
    }

    @Test
    void aWorkerThatNeverWroteTellsOfNoEnd() {
        recording.ended(RunEnd.FAILED);
        assertThat(heard).isEmpty();
    }

    private static ModelState state(long step) {
        Replica replica =
                new Replica(LAYOUT, new float[] {step, 1, 2, 3, 4, 5}, LAYOUT, new float[] {6, 7, 8, 9, 10, 11});
        return new ModelState(replica, step, Slots.zeros(SlotNames.NONE, LAYOUT.size()), step);
    }

    private List<String> digests() {
        List<String> digests = new ArrayList<>();
        for (ReplicaDigest digest : reports.take().getDigestsList()) {
            digests.add(digest.getStep() + " " + digest.getDigest());
        }
        return digests;
    }

    private static String digest(long step) {
        return step + " " + StateDigest.sha256(state(step));
    }

    /** Its state may change at once. */
    @Test
    void aWorkerThatDoesNotWriteTellsItsDigest() {
        ModelState state = state(20);
        recording.checkpoint(state, 1);
        state.replica().weights()[0] = -1;
        recording.close();
        assertThat(digests()).containsExactly(digest(20));
        assertThat(kept).isEmpty();
    }

    @Test
    void theOneThatWritesTellsTheDigestOfWhatItKeeps() {
        recording.begin(0, false);
        recording.checkpoint(state(20), 1);
        assertThat(digests()).containsExactly(digest(20));
        assertThat(kept).hasSize(1);
    }

    /** Nobody else has one of that step. */
    @Test
    void noDigestIsToldOfACheckpointThatIsDueByTime() {
        recording.begin(0, false);
        recording.timedCheckpoint(state(20), 1);
        recording.close();
        assertThat(digests()).isEmpty();
        assertThat(kept).hasSize(1);
    }
}
