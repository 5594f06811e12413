package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import io.syncbn.worker.record.WriteAlarms.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CheckpointWriterTest {
    private static final ParameterLayout LAYOUT = new ParameterLayout(
            List.of(new ParameterLayout.Entry("fc.weight", List.of(3, 2), 0, ParameterLayout.Role.WEIGHT)));
    private static final int DEADLINE_SECONDS = 30;

    private final List<Part> failures = Collections.synchronizedList(new ArrayList<>());
    private final WriteAlarms alarms = new WriteAlarms(failures::add);
    /** Step and digest of each checkpoint. */
    private final List<String> written = Collections.synchronizedList(new ArrayList<>());

    private final CountDownLatch disk = new CountDownLatch(1);

    private static ModelState state(long step) {
        return new ModelState(new Replica(LAYOUT, filled(1), LAYOUT, filled(2)), step, filled(), step);
    }

    private static Slots filled() {
        Slots slots = Slots.zeros(new SlotNames(List.of("momentum_buffer"), List.of("step")), LAYOUT.size());
        Arrays.fill(slots.array("momentum_buffer"), 3);
        return slots;
    }

    private static float[] filled(float value) {
        float[] array = new float[LAYOUT.size()];
        Arrays.fill(array, value);
        return array;
    }

    private static String named(ModelState state) {
        return state.step() + " " + StateDigest.sha256(state);
    }

    /** A disk that writes nothing before it is told to. */
    private Path writeWhenTold(ModelState state, long epochs) {
        try {
            if (!disk.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test never let the disk write");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        written.add(named(state));
        return Path.of("step-" + state.step());
    }

    @Test
    void writesTheStateAsItWas() {
        ModelState state = state(5);
        String asItWas = named(state);
        try (CheckpointWriter writer = new CheckpointWriter(this::writeWhenTold, alarms)) {
            writer.begin(state, 1, kept -> {});
            Arrays.fill(state.replica().weights(), 7);
            Arrays.fill(state.replica().runningStatistics(), 7);
            Arrays.fill(state.slots().array("momentum_buffer"), 7);
            state.slots().count("step");
            disk.countDown();
        }
        assertThat(written).containsExactly(asItWas);
        assertThat(failures).isEmpty();
    }

    @Test
    void leavesOneOutWhileTheOneBeforeIsNotWritten() {
        try (CheckpointWriter writer = new CheckpointWriter(this::writeWhenTold, alarms)) {
            try {
                writer.begin(state(5), 1, kept -> {});
                writer.begin(state(6), 1, kept -> {});
                assertThat(failures).containsExactly(Part.CHECKPOINT);
                assertThat(written).isEmpty();
            } finally {
                disk.countDown();
            }
            writer.writeAndWait(state(7), 1);
            assertThat(written).containsExactly(named(state(5)), named(state(7)));
        }
    }

    @Test
    void oneThatIsUnderWayIsNotBegunAgain() {
        try (CheckpointWriter writer = new CheckpointWriter(this::writeWhenTold, alarms)) {
            writer.begin(state(5), 1, kept -> {});
            writer.begin(state(5), 1, kept -> {});
            disk.countDown();
        }
        assertThat(failures).isEmpty();
        assertThat(written).containsExactly(named(state(5)));
    }

    @Test
    void theLastOneFailsIfItCannotBeWritten() {
        CheckpointWriter.Store full = (state, epochs) -> {
            throw new CheckpointException("there is no space left");
        };
        try (CheckpointWriter writer = new CheckpointWriter(full, alarms)) {
            writer.begin(state(5), 1, kept -> {});
            assertThatThrownBy(() -> writer.writeAndWait(state(6), 1)).isInstanceOf(CheckpointException.class);
        }
        assertThat(failures).containsExactly(Part.CHECKPOINT);
    }
}
