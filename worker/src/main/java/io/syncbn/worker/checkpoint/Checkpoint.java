package io.syncbn.worker.checkpoint;

import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One whole checkpoint, read and verified. {@link #info} tells which model to build; {@link #state} takes that model's
 * layouts and returns its state.
 *
 * @param model tensors of {@code model.safetensors}
 * @param optimizer tensors of {@code optimizer.safetensors}
 */
public record Checkpoint(Path directory, CheckpointInfo info, Safetensors model, Safetensors optimizer) {
    static final String MODEL_FILE = "model.safetensors";
    static final String OPTIMIZER_FILE = "optimizer.safetensors";
    static final String PRECISE_FILE = "precise.safetensors";
    static final String AVERAGE_FILE = "ema.safetensors";
    static final String STATE_FILE = "state.json";

    private static final Set<ElementType> FLOAT32 = Set.of(ElementType.F32);

    /**
     * Opens a given checkpoint, or the newest whole one of a run; logs a warning for each newer one that is not whole.
     *
     * @param given a run directory, its {@code checkpoints}, or one {@code step-NNNNNNNN} in there
     * @throws CheckpointException if the given one is not whole, naming the newest whole one before it; if no
     *     checkpoint of the run is whole, with the fault of each; if there is none
     */
    public static Checkpoint open(Path given) {
        return NewestCheckpoint.of(given);
    }

    /**
     * Opens the newest whole checkpoint up to the last step in a run's metrics. A later one was left by an earlier
     * attempt at the run, or the lines of its steps were lost with their writer; it is opened only if no other is
     * whole.
     *
     * @param lastStep in the run's metrics
     * @throws CheckpointException if there is none that is whole
     */
    public static Checkpoint open(Path run, long lastStep) {
        return NewestCheckpoint.of(run, lastStep);
    }

    /**
     * Reads and verifies all files of a checkpoint.
     *
     * @throws CheckpointException if something of it is missing, or not what was written
     */
    static Checkpoint read(Path directory) {
        if (!Files.exists(directory.resolve(STATE_FILE))) {
            throw CheckpointException.of(directory, "expected a checkpoint, found no " + STATE_FILE);
        }
        CheckpointInfo info = CheckpointInfo.read(directory.resolve(STATE_FILE));
        Path name = directory.toAbsolutePath().normalize().getFileName();
        if (Checkpoints.isStep(name) && !name.toString().equals(Checkpoints.name(info.step()))) {
            throw CheckpointException.of(
                    directory.resolve(STATE_FILE), "expected the state of " + name + ", found step " + info.step());
        }
        Checkpoint checkpoint = new Checkpoint(
                directory, info, tensors(directory, info, MODEL_FILE), tensors(directory, info, OPTIMIZER_FILE));
        String weightsSha256 = StateDigest.sha256(
                checkpoint.model.tensors().values(),
                checkpoint.optimizer.tensors().values());
        requireDigest(directory.resolve(STATE_FILE), "weightsSha256", info.weightsSha256(), weightsSha256);
        return checkpoint;
    }

    private static Safetensors tensors(Path directory, CheckpointInfo info, String name) {
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

    private static void requireDigest(Path file, String what, String expected, String found) {
        if (!expected.equals(found)) {
            throw CheckpointException.of(
                    file, "expected " + what + " " + expected + ", found " + found + "; it is not what was written");
        }
    }

    /**
     * The state, with what its data is normalized by: whoever keeps it again, before a step, keeps that too.
     *
     * @param parameters layout of the expected model
     * @param statistics layout of that model's running statistics
     * @param names of the expected optimizer's slots
     * @throws CheckpointException if it is of another model or optimizer
     */
    public ModelState state(ParameterLayout parameters, ParameterLayout statistics, SlotNames names) {
        ModelState model = stateOfModel(parameters, statistics);
        Slots slots = slots(parameters, names);
        ModelState state =
                new ModelState(model.replica(), model.batchesTracked(), slots, model.step(), model.leftOutInARow());
        return info.data().hasStatistics() ? state.normalizedBy(info.data().statistics()) : state;
    }

    /** The state without the optimizer's slots, whichever optimizer it was: for evaluation. */
    public ModelState stateOfModel(ParameterLayout parameters, ParameterLayout statistics) {
        List<Inventory.Expected> expected = new ArrayList<>(Inventory.of("", parameters, FLOAT32));
        expected.addAll(Inventory.of("", statistics, FLOAT32));
        expected.addAll(Inventory.counters(ModelState.counters(statistics)));
        require(MODEL_FILE, expected, model);

        Replica replica = new Replica(
                parameters,
                ModelState.flat(parameters, "", model.tensors()),
                statistics,
                ModelState.flat(statistics, "", model.tensors()));
        long batchesTracked = ModelState.counters(statistics).stream()
                .mapToLong(name -> model.tensors().get(name).integer())
                .findFirst()
                .orElse(0);
        Slots none = Slots.zeros(SlotNames.NONE, parameters.size());
        return new ModelState(replica, batchesTracked, none, info.step(), info.leftOutInARow());
    }

    private Slots slots(ParameterLayout parameters, SlotNames names) {
        List<Inventory.Expected> expected = new ArrayList<>(Inventory.counters(names.counters()));
        names.arrays().forEach(name -> expected.addAll(Inventory.of(ModelState.prefix(name), parameters, FLOAT32)));
        require(OPTIMIZER_FILE, expected, optimizer);
        Slots slots = Slots.zeros(names, parameters.size());
        for (String name : names.arrays()) {
            float[] stored = ModelState.flat(parameters, ModelState.prefix(name), optimizer.tensors());
            System.arraycopy(stored, 0, slots.array(name), 0, stored.length);
        }
        names.counters()
                .forEach(name ->
                        slots.setCounter(name, optimizer.tensors().get(name).integer()));
        return slots;
    }

    private void require(String name, List<Inventory.Expected> expected, Safetensors found) {
        List<String> faults = Inventory.faults(expected, found.tensors());
        if (!faults.isEmpty()) {
            throw CheckpointException.of(directory.resolve(name), faults);
        }
    }
}
