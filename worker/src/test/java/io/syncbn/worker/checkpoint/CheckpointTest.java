package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.worker.Mutations;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    @TempDir
    Path run;

    private Path directory;

    @BeforeEach
    void write() {
        directory = new Checkpoints(run, 1).write(States.at(12), 3, States.ORIGIN);
    }

    private static ModelState read(Path directory) {
        return Checkpoint.open(directory).state(States.PARAMETERS, States.STATISTICS, States.SLOTS);
    }

    @Test
    void givesBackWhatWasWritten() {
        ModelState written = States.at(12);
        Checkpoint checkpoint = Checkpoint.open(run);
        CheckpointInfo info = checkpoint.info();
        assertThat(info.step()).isEqualTo(12);
        assertThat(info.epoch()).isEqualTo(3);
        assertThat(info.seed()).isEqualTo(42);
        assertThat(info.fingerprint()).isEqualTo(Fingerprint.of(States.JOB));
        assertThat(info.settings()).isEqualTo(States.JOB.settings());
        assertThat(info.weightsSha256()).isEqualTo(StateDigest.sha256(written));
        assertThat(info.dataDigest()).isEqualTo(States.ORIGIN.dataDigest());
        assertThat(info.model()).isEqualTo(States.ORIGIN.model());
        assertThat(info.arithmetic()).isEqualTo(States.ORIGIN.arithmetic());
        assertThat(info.computedWith()).isEqualTo(States.ORIGIN.computedWith());

        ModelState state = checkpoint.state(States.PARAMETERS, States.STATISTICS, States.SLOTS);
        assertThat(state.step()).isEqualTo(12);
        assertThat(state.batchesTracked()).isEqualTo(12);
        assertThat(state.replica().weights()).containsExactly(written.replica().weights());
        assertThat(state.replica().runningStatistics())
                .containsExactly(written.replica().runningStatistics());
        assertThat(state.slots().array("momentum_buffer"))
                .containsExactly(written.slots().array("momentum_buffer"));
    }

    @Test
    void anyDamagedFileIsReadOrRefused() throws IOException {
        for (String name : List.of("state.json", "model.safetensors")) {
            Path file = directory.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            Mutations.read(whole, 1000, CheckpointException.class, damaged -> {
                Files.write(file, damaged);
                read(directory);
            });
            Files.write(file, whole);
        }
    }

    @Test
    void keepsHowManyStepsWereLeftOutInARow() {
        ModelState at = States.at(14);
        ModelState state = new ModelState(at.replica(), at.batchesTracked(), at.slots(), at.step(), 7);
        Path written = new Checkpoints(run, 1).write(state.copy(), 0, States.ORIGIN);
        assertThat(read(written).leftOutInARow()).isEqualTo(7);
    }

    @Test
    void keepsWhatAnyOptimizerRemembers() {
        SlotNames names = new SlotNames(List.of("b", "a"), List.of("step"));
        ModelState at = States.at(15);
        Slots slots = Slots.zeros(names, 15);
        slots.array("b")[3] = 0.25f;
        slots.array("a")[14] = -1;
        slots.setCounter("step", 11);
        ModelState state = new ModelState(at.replica(), at.batchesTracked(), slots, at.step());
        Path written = new Checkpoints(run, 1).write(state, 0, States.ORIGIN);
        ModelState read = Checkpoint.open(written).state(States.PARAMETERS, States.STATISTICS, names);
        assertThat(read.slots().counters()).isEqualTo(slots.counters());
        assertThat(read.slots().array("b")).containsExactly(slots.array("b"));
        assertThat(read.slots().array("a")).containsExactly(slots.array("a"));
        assertThat(StateDigest.sha256(read)).isEqualTo(StateDigest.sha256(state));
        assertThatThrownBy(() -> Checkpoint.open(written).state(States.PARAMETERS, States.STATISTICS, States.SLOTS))
                .hasMessageStartingWith(written + "/optimizer.safetensors: ")
                .hasMessageContainingAll(
                        "tensor momentum_buffer.fc.bias is missing; expected F32 [3]", "tensor step is unexpected");
        assertThat(StateDigest.sha256(Checkpoint.open(written).stateOfModel(States.PARAMETERS, States.STATISTICS)))
                .as("to be evaluated, whatever the optimizer")
                .isEqualTo(StateDigest.sha256(
                        new ModelState(at.replica(), at.batchesTracked(), Slots.zeros(SlotNames.NONE, 15), at.step())));
    }

    @Test
    void keepsAModelWithoutStatistics() {
        ModelState tracked = States.at(1);
        ModelState state = new ModelState(
                new Replica(States.PARAMETERS, tracked.replica().weights(), States.NO_STATISTICS, new float[0]),
                0,
                tracked.slots(),
                13);
        Path written = new Checkpoints(run, 1).write(state, 0, States.ORIGIN);
        assertThat(StateDigest.sha256(
                        Checkpoint.open(written).state(States.PARAMETERS, States.NO_STATISTICS, States.SLOTS)))
                .isEqualTo(StateDigest.sha256(state));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "optimizer.safetensors"})
    void noticesEveryChangedByte(String name) throws IOException {
        Path file = directory.resolve(name);
        byte[] content = Files.readAllBytes(file);
        for (int i = 0; i < content.length; i++) {
            byte[] changed = content.clone();
            changed[i] ^= (byte) (1 << (i % 8));
            Files.write(file, changed);
            assertThatThrownBy(() -> read(directory))
                    .as("byte %d", i)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith(file + ": expected SHA-256 ")
                    .hasMessageEndingWith("it is not what was written");
        }
        for (int length = 0; length < content.length; length += 13) {
            Files.write(file, Arrays.copyOf(content, length));
            assertThatThrownBy(() -> read(directory)).as("length %d", length).isInstanceOf(CheckpointException.class);
        }
        Files.write(file, content);
        assertThat(read(directory).step()).isEqualTo(12);
    }

    @Test
    void noticesAChangedState() throws IOException {
        Path file = directory.resolve("state.json");
        byte[] content = Files.readAllBytes(file);
        for (int i = 0; i < content.length; i++) {
            byte[] changed = content.clone();
            changed[i] = '?';
            Files.write(file, changed);
            assertThatThrownBy(() -> read(directory))
                    .as("%s", new String(changed))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith(directory.toString());
        }
        for (int length = 0; length < content.length; length += 13) {
            Files.write(file, Arrays.copyOf(content, length));
            assertThatThrownBy(() -> read(directory))
                    .as("length %d", length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith(file + ": expected");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "state.json, found no state.json",
        "model.safetensors, there is no such file",
        "optimizer.safetensors, there is no such file",
    })
    void noticesAMissingFile(String name, String message) throws IOException {
        Files.delete(directory.resolve(name));
        assertThatThrownBy(() -> read(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(directory.toString())
                .hasMessageEndingWith(message);
    }

    @Test
    void noticesADirectoryUnderTheNameOfAnotherStep() throws IOException {
        Path renamed = Files.move(directory, directory.resolveSibling("step-00000013"));
        assertThatThrownBy(() -> Checkpoint.open(renamed))
                .hasMessage(renamed + "/state.json: expected the state of step-00000013, found step 12");
        Path copied = Files.move(renamed, run.resolve("best"));
        assertThat(read(copied).step()).isEqualTo(12);
    }

    @Test
    void refusesAFormatOfLater() throws IOException {
        Path file = directory.resolve("state.json");
        Files.writeString(file, "{\"formatVersion\": 5, \"more\": 1}");
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .hasMessage(file + ": expected formatVersion 3 or 4, found 5");
    }

    /** Format 3 did not say what the data is; the digest is over the fields that it had. */
    @Test
    void readsAFileOfFormat3() throws Exception {
        Path file = directory.resolve("state.json");
        ObjectNode old = (ObjectNode) new ObjectMapper().readTree(file.toFile());
        old.remove("data");
        old.remove("sha256");
        old.put("formatVersion", 3);
        old.put("sha256", StateDigest.sha256(old.toString().getBytes(StandardCharsets.UTF_8)));
        Files.writeString(file, old.toString());
        assertThatCode(() -> Checkpoint.open(directory)).doesNotThrowAnyException();
        CheckpointInfo info = Checkpoint.open(directory).info();
        assertThat(info.data()).isEqualTo(DataDescription.NONE);
        assertThat(info.data().suffices()).isFalse();
        assertThat(read(directory).step()).isEqualTo(12);
        new Checkpoints(run, 1).write(States.at(12), 3, States.ORIGIN);
        assertThat(Checkpoint.open(directory).info().data()).isEqualTo(States.ORIGIN.data());
    }

    /** A state that was read does not carry them. */
    @Test
    void aCheckpointThatIsKeptAgainKeepsItsPreciseStatistics() {
        ModelState state = States.at(13);
        float[] precise = new float[States.STATISTICS.size()];
        Path written = new Checkpoints(run, 1).write(state.with(Optional.of(precise)), 3, States.ORIGIN);
        new Checkpoints(run, 1).write(read(written), 3, States.ORIGIN);
        assertThat(written.resolve(Checkpoint.PRECISE_FILE)).exists();
        precise[0] = 1;
        new Checkpoints(run, 1).write(state.with(Optional.of(precise)), 3, States.ORIGIN);
        assertThat(DiskFile.read(written.resolve(Checkpoint.PRECISE_FILE), 1 << 20))
                .isEqualTo(Safetensors.encode(
                        state.with(Optional.of(precise)).preciseTensors().orElseThrow(), Map.of("format", "pt")));
    }

    @Test
    void keepsWhatTheDataIsToTheBit() {
        ChannelStatistics statistics = new ChannelStatistics(
                new float[] {0.1f, -3e-20f, 0.47136f}, new float[] {1, Float.MIN_NORMAL, 16_777_217f / 3});
        new Checkpoints(run, 1).write(States.at(13).normalizedBy(statistics), 3, States.ORIGIN);
        DataDescription data = Checkpoint.open(run).info().data();
        assertThat(data.suffices()).isTrue();
        assertThat(data.classNames()).containsExactly("cat", "dog", "42");
        assertThat(data.storedScale()).isEqualTo(255);
        assertThat(data.statistics().mean()).isEqualTo(statistics.mean());
        assertThat(data.statistics().deviation()).isEqualTo(statistics.deviation());
    }

    @Test
    void namesEveryTensorOfAnotherModel() {
        List<Entry> entries = new ArrayList<>(States.PARAMETERS.entries().subList(0, 3));
        entries.add(new Entry("fc.weights", List.of(3, 2), 6, Role.WEIGHT));
        entries.add(new Entry("fc.bias", List.of(4), 12, Role.BIAS));
        assertThatThrownBy(() ->
                        Checkpoint.open(directory).state(new ParameterLayout(entries), States.STATISTICS, States.SLOTS))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(directory + "/model.safetensors: 3 faults\n"
                        + "  tensor fc.weights is missing; expected F32 [3, 2]\n"
                        + "  tensor fc.weight is unexpected; did you mean fc.weights?\n"
                        + "  tensor fc.bias: expected F32 [4], found F32 [3]");
    }
}
