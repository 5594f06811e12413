package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.nn.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitializationTest {
    private static final Replica FRESH =
            new Replica(States.PARAMETERS, new float[15], States.STATISTICS, new float[] {0, 0, 1, 1});

    @TempDir
    Path directory;

    private final ModelState source = States.at(5);

    private Path file(List<StoredTensor> tensors) throws IOException {
        return Files.write(directory.resolve("init.safetensors"), Safetensors.encode(tensors, Map.of()));
    }

    private List<StoredTensor> tensors(Predicate<String> names) {
        return source.modelTensors().stream()
                .filter(tensor -> names.test(tensor.name()))
                .toList();
    }

    @Test
    void startsWithTheFilesWeights() throws IOException {
        ModelState state = Initialization.read(file(source.modelTensors()), FRESH);
        assertThat(state.replica().weights()).containsExactly(source.replica().weights());
        assertThat(state.replica().runningStatistics())
                .containsExactly(source.replica().runningStatistics());
        assertThat(state.batchesTracked()).isEqualTo(5);
        assertThat(state.step()).isZero();
        assertThat(state.momentum()).containsOnly(0).hasSize(15);
        assertThat(FRESH.weights()).containsOnly(0);
    }

    @Test
    void takesOffThePrefixOfDistributedDataParallel() throws IOException {
        List<StoredTensor> prefixed = source.modelTensors().stream()
                .map(tensor -> new StoredTensor(
                        new TensorSpec(
                                "module." + tensor.name(),
                                tensor.spec().type(),
                                tensor.spec().dimensions()),
                        tensor.bytes()))
                .toList();
        ModelState state = Initialization.read(file(prefixed), FRESH);
        assertThat(state.replica().weights()).containsExactly(source.replica().weights());
    }

    @Test
    void startsStatisticsAnewWhenTheFileHasNone() throws IOException {
        ModelState state =
                Initialization.read(file(tensors(name -> !name.contains("running") && !name.contains("num_"))), FRESH);
        assertThat(state.replica().runningStatistics())
                .containsExactly(0, 0, 1, 1)
                .isNotSameAs(FRESH.runningStatistics());
        assertThat(state.batchesTracked()).isZero();
    }

    @Test
    void doesWithoutCounters() throws IOException {
        ModelState state = Initialization.read(file(tensors(name -> !name.contains("num_"))), FRESH);
        assertThat(state.replica().runningStatistics())
                .containsExactly(source.replica().runningStatistics());
        assertThat(state.batchesTracked()).isZero();
    }

    @Test
    void ignoresStatisticsThatTheModelDoesNotTrack() throws IOException {
        Replica untracked = new Replica(States.PARAMETERS, new float[15], States.NO_STATISTICS, new float[0]);
        ModelState state = Initialization.read(file(source.modelTensors()), untracked);
        assertThat(state.replica().weights()).containsExactly(source.replica().weights());
        assertThat(state.replica().runningStatistics()).isEmpty();
        assertThat(state.batchesTracked()).isZero();
    }

    @Test
    void convertsOtherFloats() throws IOException {
        List<StoredTensor> tensors =
                new ArrayList<>(tensors(name -> !name.equals("bn1.weight") && !name.equals("bn1.bias")));
        ByteBuffer half = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) 0x3C00);
        ByteBuffer wide = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(8, 0.1);
        tensors.add(new StoredTensor(new TensorSpec("bn1.weight", ElementType.F16, List.of(2)), half));
        tensors.add(new StoredTensor(new TensorSpec("bn1.bias", ElementType.F64, List.of(2)), wide));
        float[] weights = Initialization.read(file(tensors), FRESH).replica().weights();
        assertThat(weights)
                .startsWith(source.replica().weights()[0], source.replica().weights()[1], 1, 0, 0, 0.1f);
    }

    @Test
    void namesEverythingThatDoesNotFit() throws IOException {
        List<StoredTensor> tensors = new ArrayList<>(tensors(
                name -> !name.equals("conv1.weight") && !name.equals("fc.weight") && !name.endsWith("running_var")));
        tensors.add(StoredTensor.ofFloats("conv1.weigth", List.of(2, 1, 1, 1), new float[2], 0));
        tensors.add(StoredTensor.ofFloats("fc.weight", List.of(10, 2), new float[20], 0));
        tensors.add(StoredTensor.ofLong("optimizer", 1));
        Path file = file(tensors);
        assertThatThrownBy(() -> Initialization.read(file, FRESH))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(file + ": 5 faults\n"
                        + "  tensor bn1.running_var is missing; expected BF16|F16|F32|F64 [2]\n"
                        + "  tensor conv1.weight is missing; expected BF16|F16|F32|F64 [2, 1, 1, 1]\n"
                        + "  tensor conv1.weigth is unexpected; did you mean conv1.weight?\n"
                        + "  tensor optimizer is unexpected\n"
                        + "  tensor fc.weight: expected BF16|F16|F32|F64 [3, 2], found F32 [10, 2]");
    }

    @Test
    void refusesIntegersForWeights() throws IOException {
        List<StoredTensor> tensors = new ArrayList<>(tensors(name -> !name.equals("fc.bias")));
        tensors.add(new StoredTensor(new TensorSpec("fc.bias", ElementType.I32, List.of(3)), ByteBuffer.allocate(12)));
        Path file = file(tensors);
        assertThatThrownBy(() -> Initialization.read(file, FRESH))
                .hasMessage(file + ": tensor fc.bias: expected BF16|F16|F32|F64 [3], found I32 [3]");
    }

    @Test
    void wantsAFile() {
        assertThatThrownBy(() -> Initialization.read(directory, FRESH))
                .hasMessage(directory + ": expected a safetensors file, found a directory; "
                        + "to start from a checkpoint's weights, name its model.safetensors");
        Path missing = directory.resolve("missing.safetensors");
        assertThatThrownBy(() -> Initialization.read(missing, FRESH)).hasMessage(missing + ": there is no such file");
    }
}
