package io.syncbn.worker.checkpoint;

import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A job's first state, read from a file that PyTorch (or a checkpoint) wrote: a state_dict as safetensors.
 *
 * <p>Every parameter must be there. Running statistics may be left out altogether, {@code num_batches_tracked} one by
 * one; a model that does not track statistics ignores them. F16, BF16 and F64 become float32; counters may be of any
 * type, as {@code model.half()} and other writers leave them. A prefix common to all names is removed ({@link
 * NamePrefix}). Values that training cannot start from, such as NaN, are rejected here, where the file and the tensor
 * can be named.
 */
public final class Initialization {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");
    private static final List<String> TRACKED = List.of(".running_mean", ".running_var", ".num_batches_tracked");

    private Initialization() {}

    /**
     * Reads a first state.
     *
     * @param fresh the model's layouts, and the running statistics to begin with if the file has none; not changed
     * @param slots of the optimizer, which starts anew
     * @param needsStatistics whether running statistics must not be missing
     * @throws CheckpointException with everything about the file that does not fit the model
     */
    public static ModelState read(Path file, Replica fresh, SlotNames slots, boolean needsStatistics) {
        if (Files.isDirectory(file)) {
            throw CheckpointException.of(
                    file,
                    "expected a safetensors file, found a directory; to start from a checkpoint's weights, name its "
                            + Checkpoint.MODEL_FILE);
        }
        byte[] content = DiskFile.read(file, Safetensors.MAX_FILE_BYTES);
        Map<String, StoredTensor> found =
                new TreeMap<>(Safetensors.decode(file, content).tensors());
        ParameterLayout statistics = fresh.statistics();
        if (statistics.entries().isEmpty()) {
            found.keySet().removeIf(name -> TRACKED.stream().anyMatch(name::endsWith));
        }
        return read(file, plainNames(file, found, fresh), fresh, slots, needsStatistics);
    }

    private static ModelState read(
            Path file, Map<String, StoredTensor> found, Replica fresh, SlotNames slots, boolean needsStatistics) {
        ParameterLayout statistics = fresh.statistics();
        boolean tracked =
                needsStatistics || statistics.entries().stream().anyMatch(entry -> found.containsKey(entry.name()));
        Map<String, StoredTensor> counters = new TreeMap<>(found);
        counters.keySet().retainAll(ModelState.counters(statistics));
        found.keySet().removeAll(counters.keySet());

        List<Inventory.Expected> expected =
                new ArrayList<>(Inventory.of("", fresh.parameters(), StoredTensor.FLOATING));
        if (tracked) {
            expected.addAll(Inventory.of("", statistics, StoredTensor.FLOATING));
        }
        require(file, Inventory.faults(expected, found));

        float[] weights = ModelState.flat(fresh.parameters(), "", found);
        float[] running = tracked
                ? ModelState.flat(statistics, "", found)
                : fresh.runningStatistics().clone();
        List<String> faults = new ArrayList<>(unusable(fresh.parameters(), weights));
        faults.addAll(unusable(statistics, running));
        counters.values().stream()
                .filter(counter -> counter.count().isEmpty())
                .map(counter -> "tensor " + counter.name() + ": expected one whole number from 0, found "
                        + counter.spec().form()
                        + " that is none; counters may be left out")
                .forEach(faults::add);
        require(file, faults);

        Replica replica = new Replica(fresh.parameters(), weights, statistics, running);
        long batches = tracked ? batchesTracked(counters) : 0;
        return new ModelState(replica, batches, Slots.zeros(slots, weights.length), 0);
    }

    private static void require(Path file, List<String> faults) {
        if (!faults.isEmpty()) {
            throw CheckpointException.of(file, faults);
        }
    }

    private static Map<String, StoredTensor> plainNames(Path file, Map<String, StoredTensor> tensors, Replica fresh) {
        Set<String> needed =
                fresh.parameters().entries().stream().map(Entry::name).collect(Collectors.toSet());
        Set<String> known = new HashSet<>(needed);
        fresh.statistics().entries().forEach(entry -> known.add(entry.name()));
        known.addAll(ModelState.counters(fresh.statistics()));
        String prefix = NamePrefix.of(tensors.keySet(), needed, known);
        if (!prefix.isEmpty()) {
            LOG.log(Level.INFO, "{0}: every name begins with {1}, which is taken off", file, prefix);
        }
        Map<String, StoredTensor> plain = new TreeMap<>();
        tensors.forEach((name, tensor) -> plain.put(name.substring(prefix.length()), tensor));
        return plain;
    }

    /**
     * A line for each tensor that training cannot start from; unchecked, the first step would fail with a misleading
     * cause.
     */
    private static List<String> unusable(ParameterLayout layout, float[] flat) {
        List<String> faults = new ArrayList<>();
        for (Entry entry : layout.entries()) {
            boolean mayBeNegative = entry.role() != Role.RUNNING_VARIANCE;
            for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
                if (!Float.isFinite(flat[i]) || flat[i] < 0 && !mayBeNegative) {
                    faults.add("tensor " + entry.name() + " holds " + flat[i] + " at index " + (i - entry.offset())
                            + " of " + entry.size() + "; expected "
                            + (mayBeNegative ? "finite numbers" : "variances, from 0"));
                    break;
                }
            }
        }
        return faults;
    }

    /** The largest, because layers that were frozen for a time in PyTorch have seen fewer batches than the others. */
    private static long batchesTracked(Map<String, StoredTensor> counters) {
        return counters.values().stream()
                .mapToLong(counter -> counter.count().orElseThrow())
                .max()
                .orElse(0);
    }
}
