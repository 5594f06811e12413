package io.syncbn.worker.checkpoint;

import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A job's first state out of a file that PyTorch (or a checkpoint) wrote: a state_dict as safetensors.
 *
 * <p>Every parameter must be there. Running statistics may be left out altogether, {@code num_batches_tracked} one by one;
 * a model that does not track statistics ignores them. F16, BF16 and F64 become float32. The prefix {@code module.}, which
 * DistributedDataParallel puts before every name, is taken off.
 */
public final class Initialization {
    private static final String PARALLEL_PREFIX = "module.";
    private static final List<String> TRACKED = List.of(".running_mean", ".running_var", ".num_batches_tracked");

    private Initialization() {}

    /**
     * Reads a first state.
     *
     * @param fresh the model's layouts, and the running statistics to begin with if the file has none; not changed
     * @throws CheckpointException with everything about the file that does not fit the model
     */
    public static ModelState read(Path file, Replica fresh) {
        if (Files.isDirectory(file)) {
            throw CheckpointException.of(
                    file,
                    "expected a safetensors file, found a directory; to start from a checkpoint's weights, name its "
                            + Checkpoint.MODEL_FILE);
        }
        byte[] content = DiskFile.read(file, Safetensors.MAX_FILE_BYTES);
        Map<String, StoredTensor> found =
                plainNames(Safetensors.decode(file, content).tensors());
        ParameterLayout statistics = fresh.statistics();
        if (statistics.entries().isEmpty()) {
            found.keySet().removeIf(name -> TRACKED.stream().anyMatch(name::endsWith));
        }
        boolean tracked = statistics.entries().stream().anyMatch(entry -> found.containsKey(entry.name()));

        List<Inventory.Expected> expected =
                new ArrayList<>(Inventory.of("", fresh.parameters(), StoredTensor.FLOATING));
        if (tracked) {
            expected.addAll(Inventory.of("", statistics, StoredTensor.FLOATING));
        }
        Inventory.counters(statistics).stream()
                .filter(counter -> found.containsKey(counter.name()))
                .forEach(expected::add);
        List<String> faults = Inventory.faults(expected, found);
        if (!faults.isEmpty()) {
            throw CheckpointException.of(file, faults);
        }

        Replica replica = new Replica(
                fresh.parameters(),
                ModelState.flat(fresh.parameters(), "", found),
                statistics,
                tracked
                        ? ModelState.flat(statistics, "", found)
                        : fresh.runningStatistics().clone());
        return new ModelState(
                replica, tracked ? batchesTracked(statistics, found) : 0, new float[replica.weights().length], 0);
    }

    private static Map<String, StoredTensor> plainNames(Map<String, StoredTensor> tensors) {
        boolean parallel = tensors.keySet().stream().allMatch(name -> name.startsWith(PARALLEL_PREFIX));
        Map<String, StoredTensor> plain = new TreeMap<>();
        tensors.forEach(
                (name, tensor) -> plain.put(parallel ? name.substring(PARALLEL_PREFIX.length()) : name, tensor));
        return plain;
    }

    /** The largest, because layers that were frozen for a time in PyTorch have seen fewer batches than the others. */
    private static long batchesTracked(ParameterLayout statistics, Map<String, StoredTensor> tensors) {
        return ModelState.counters(statistics).stream()
                .filter(tensors::containsKey)
                .mapToLong(name -> tensors.get(name).integer())
                .max()
                .orElse(0);
    }
}
