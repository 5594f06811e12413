package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.Mutations;
import io.syncbn.worker.nn.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        ModelState state = Initialization.read(file(source.modelTensors()), FRESH, States.SLOTS, false);
        assertThat(state.replica().weights()).containsExactly(source.replica().weights());
        assertThat(state.replica().runningStatistics())
                .containsExactly(source.replica().runningStatistics());
        assertThat(state.batchesTracked()).isEqualTo(5);
        assertThat(state.step()).isZero();
        assertThat(state.slots().array("momentum_buffer")).containsOnly(0).hasSize(15);
        assertThat(FRESH.weights()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"module.", "_orig_mod.", "module._orig_mod.", "model.", "net.encoder.", "student_", "bn1.", "fc."
            })
    void takesOffThePrefixThatEveryNameHas(String prefix) throws IOException {
        ModelState state = Initialization.read(file(prefixed(prefix, name -> true)), FRESH, States.SLOTS, false);
        assertThat(state.replica().weights()).containsExactly(source.replica().weights());
        assertThat(state.batchesTracked()).isEqualTo(5);
        Predicate<String> isNeeded = name -> !name.contains("running") && !name.contains("num_");
        state = Initialization.read(file(prefixed(prefix, isNeeded)), FRESH, States.SLOTS, false);
        assertThat(state.replica().weights()).containsExactly(source.replica().weights());
    }

    @Test
    void whatIsWrongBehindAPrefixIsSaidAlone() throws IOException {
        Path file = file(prefixed("module.", name -> !name.equals("fc.bias")));
        assertThatThrownBy(() -> Initialization.read(file, FRESH, States.SLOTS, false))
                .hasMessage(file + ": tensor fc.bias is missing; expected BF16|F16|F32|F64 [3]");
    }

    private List<StoredTensor> prefixed(String prefix, Predicate<String> names) {
        return tensors(names).stream()
                .map(tensor -> new StoredTensor(
                        new TensorSpec(
                                prefix + tensor.name(),
                                tensor.spec().type(),
                                tensor.spec().dimensions()),
                        tensor.bytes()))
                .toList();
    }

    /** Five, as little-endian bytes of each type. */
    @ParameterizedTest
    @CsvSource({
        "U8, 05",
        "I8, 05",
        "U16, 0500",
        "I16, 0500",
        "U32, 05000000",
        "I32, 05000000",
        "U64, 0500000000000000",
        "I64, 0500000000000000",
        "F16, 0045",
        "BF16, A040",
        "F32, 0000A040",
        "F64, 0000000000001440"
    })
    void takesCountersOfAnyType(ElementType type, String hex) throws IOException {
        for (List<Integer> dimensions : List.of(List.<Integer>of(), List.of(1))) {
            assertThat(Initialization.read(file(withCounter(type, dimensions, hex)), FRESH, States.SLOTS, false)
                            .batchesTracked())
                    .isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "I64, 0, FFFFFFFFFFFFFFFF",
        "F16, 0, 007C",
        "F32, 0, 0000C0FF",
        "BOOL, 0, 01",
        "I32, 2, 0500000005000000"
    })
    void refusesCountersThatAreNone(ElementType type, int elements, String hex) throws IOException {
        List<Integer> dimensions = elements == 0 ? List.of() : List.of(elements);
        Path file = file(withCounter(type, dimensions, hex));
        assertThatThrownBy(() -> Initialization.read(file, FRESH, States.SLOTS, false))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(
                        file.toString(), "bn1.num_batches_tracked", type.name(), "counters may be left out");
    }

    private List<StoredTensor> withCounter(ElementType type, List<Integer> dimensions, String hex) {
        List<StoredTensor> tensors = new ArrayList<>(tensors(name -> !name.contains("num_")));
        TensorSpec spec = new TensorSpec("bn1.num_batches_tracked", type, dimensions);
        tensors.add(new StoredTensor(spec, ByteBuffer.wrap(HexFormat.of().parseHex(hex))));
        return tensors;
    }

    @ParameterizedTest
    @CsvSource({
        "fc.weight, NaN, 'finite numbers'",
        "fc.bias, Infinity, 'finite numbers'",
        "bn1.running_mean, NaN, 'finite numbers'",
        "bn1.running_var, -Infinity, 'variances, from 0'",
        "bn1.running_var, -0.5, 'variances, from 0'"
    })
    void namesTheTensorFromWhichNoTrainingCanStart(String name, float value, String expected) throws IOException {
        List<StoredTensor> tensors = new ArrayList<>();
        for (StoredTensor tensor : source.modelTensors()) {
            float[] floats = tensor.name().equals(name) ? tensor.floats() : null;
            if (floats != null) {
                floats[1] = value;
            }
            tensors.add(
                    floats == null
                            ? tensor
                            : StoredTensor.ofFloats(name, tensor.spec().dimensions(), floats));
        }
        Path file = file(tensors);
        assertThatThrownBy(() -> Initialization.read(file, FRESH, States.SLOTS, false))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file + ": tensor " + name + " holds " + value + " at index 1 of ")
                .hasMessageEndingWith("; expected " + expected);
    }

    @Test
    void anyDamagedFileIsReadOrRefused() throws IOException {
        Path file = file(source.modelTensors());
        byte[] whole = Files.readAllBytes(file);
        Mutations.read(whole, 3000, CheckpointException.class, damaged -> {
            Files.write(file, damaged);
            Initialization.read(file, FRESH, States.SLOTS, false);
        });
    }

    @Test
    void startsStatisticsAnewWhenTheFileHasNone() throws IOException {
        ModelState state = Initialization.read(
                file(tensors(name -> !name.contains("running") && !name.contains("num_"))), FRESH, States.SLOTS, false);
        assertThat(state.replica().runningStatistics())
                .containsExactly(0, 0, 1, 1)
                .isNotSameAs(FRESH.runningStatistics());
        assertThat(state.batchesTracked()).isZero();
    }

    @Test
    void doesWithoutCounters() throws IOException {
        ModelState state =
                Initialization.read(file(tensors(name -> !name.contains("num_"))), FRESH, States.SLOTS, false);
        assertThat(state.replica().runningStatistics())
                .containsExactly(source.replica().runningStatistics());
        assertThat(state.batchesTracked()).isZero();
    }

    @Test
    void ignoresStatisticsThatTheModelDoesNotTrack() throws IOException {
        Replica untracked = new Replica(States.PARAMETERS, new float[15], States.NO_STATISTICS, new float[0]);
        ModelState state = Initialization.read(file(source.modelTensors()), untracked, States.SLOTS, false);
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
        float[] weights = Initialization.read(file(tensors), FRESH, States.SLOTS, false)
                .replica()
                .weights();
        assertThat(weights)
                .startsWith(source.replica().weights()[0], source.replica().weights()[1], 1, 0, 0, 0.1f);
    }

    @Test
    void namesEverythingThatDoesNotFit() throws IOException {
        List<StoredTensor> tensors = new ArrayList<>(tensors(
                name -> !name.equals("conv1.weight") && !name.equals("fc.weight") && !name.endsWith("running_var")));
        tensors.add(StoredTensor.ofFloats("conv1.weigth", List.of(2, 1, 1, 1), new float[2]));
        tensors.add(StoredTensor.ofFloats("fc.weight", List.of(10, 2), new float[20]));
        tensors.add(StoredTensor.ofLong("optimizer", 1));
        Path file = file(tensors);
        assertThatThrownBy(() -> Initialization.read(file, FRESH, States.SLOTS, false))
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
        assertThatThrownBy(() -> Initialization.read(file, FRESH, States.SLOTS, false))
                .hasMessage(file + ": tensor fc.bias: expected BF16|F16|F32|F64 [3], found I32 [3]");
    }

    @Test
    void wantsAFile() {
        assertThatThrownBy(() -> Initialization.read(directory, FRESH, States.SLOTS, false))
                .hasMessage(directory + ": expected a safetensors file, found a directory; "
                        + "to start from a checkpoint's weights, name its model.safetensors");
        Path missing = directory.resolve("missing.safetensors");
        assertThatThrownBy(() -> Initialization.read(missing, FRESH, States.SLOTS, false))
                .hasMessage(missing + ": there is no such file");
    }
}
