package io.syncbn.worker.checkpoint;

import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One checkpoint on disk. Opening reads {@code state.json} alone, which tells which model to build; with that model's
 * layouts {@link #state} reads the rest.
 */
public record Checkpoint(Path directory, CheckpointInfo info) {
    static final String MODEL_FILE = "model.safetensors";
    static final String OPTIMIZER_FILE = "optimizer.safetensors";
    static final String STATE_FILE = "state.json";

    private static final Set<ElementType> FLOAT32 = Set.of(ElementType.F32);

    /**
     * Opens the newest checkpoint of a run.
     *
     * @param given a run directory, its {@code checkpoints}, or one {@code step-NNNNNNNN} in there
     */
    public static Checkpoint open(Path given) {
        Path directory = Checkpoints.latest(given);
        if (!Files.exists(directory.resolve(STATE_FILE))) {
            throw CheckpointException.of(directory, "expected a checkpoint, found no " + STATE_FILE);
        }
        CheckpointInfo info = CheckpointInfo.read(directory.resolve(STATE_FILE));
        Path name = directory.toAbsolutePath().normalize().getFileName();
        if (Checkpoints.isStep(name) && !name.toString().equals(Checkpoints.name(info.step()))) {
            throw CheckpointException.of(
                    directory.resolve(STATE_FILE), "expected the state of " + name + ", found step " + info.step());
        }
        return new Checkpoint(directory, info);
    }

    /**
     * Reads and verifies the state.
     *
     * @param parameters layout of the model that it should be of
     * @param statistics layout of that model's running statistics
     * @throws CheckpointException if a file is not the one that was written, or of another model
     */
    public ModelState state(ParameterLayout parameters, ParameterLayout statistics) {
        Safetensors model = read(MODEL_FILE);
        Safetensors optimizer = read(OPTIMIZER_FILE);
        List<Inventory.Expected> expected = new ArrayList<>(Inventory.of("", parameters, FLOAT32));
        expected.addAll(Inventory.of("", statistics, FLOAT32));
        expected.addAll(Inventory.counters(statistics));
        require(MODEL_FILE, expected, model);
        require(OPTIMIZER_FILE, Inventory.of(ModelState.MOMENTUM_PREFIX, parameters, FLOAT32), optimizer);

        Replica replica = new Replica(
                parameters,
                ModelState.flat(parameters, "", model.tensors()),
                statistics,
                ModelState.flat(statistics, "", model.tensors()));
        long batchesTracked = ModelState.counters(statistics).stream()
                .mapToLong(name -> model.tensors().get(name).integer())
                .findFirst()
                .orElse(0);
        float[] momentum = ModelState.flat(parameters, ModelState.MOMENTUM_PREFIX, optimizer.tensors());
        ModelState state = new ModelState(replica, batchesTracked, momentum, info.step());
        requireDigest(directory.resolve(STATE_FILE), "weightsSha256", info.weightsSha256(), StateDigest.sha256(state));
        return state;
    }

    private Safetensors read(String name) {
        Path file = directory.resolve(name);
        String expected = info.files().get(name);
        if (expected == null) {
            throw CheckpointException.of(
                    directory.resolve(STATE_FILE),
                    "expected the SHA-256 of " + name + ", found those of "
                            + info.files().keySet());
        }
        byte[] content = DiskFile.read(file, Safetensors.MAX_FILE_BYTES);
        requireDigest(file, "SHA-256", expected, StateDigest.sha256(content));
        return Safetensors.decode(file, content);
    }

    private void require(String name, List<Inventory.Expected> expected, Safetensors found) {
        List<String> faults = Inventory.faults(expected, found.tensors());
        if (!faults.isEmpty()) {
            throw CheckpointException.of(directory.resolve(name), faults);
        }
    }

    private static void requireDigest(Path file, String what, String expected, String found) {
        if (!expected.equals(found)) {
            throw CheckpointException.of(
                    file, "expected " + what + " " + expected + ", found " + found + "; it is not what was written");
        }
    }
}
