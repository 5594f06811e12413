package io.syncbn.worker.checkpoint;

import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.Slots;
import io.syncbn.worker.optim.WeightAverage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that training goes on from: model and optimizer after a number of steps.
 *
 * <p>Shares its arrays with its creator: must not be read during a training step.
 *
 * @param replica weights and running statistics
 * @param batchesTracked how many global batches the running statistics have seen. One number for all normalization
 *     layers, stored as PyTorch does: as {@code NAME.num_batches_tracked} of each one that tracks
 * @param slots what the optimizer remembers, in the layout of the weights
 * @param step number of steps done
 * @param leftOutInARow how many consecutive steps up to the last were skipped because their numbers were not finite
 * @param notes what a checkpoint keeps beside that
 */
public record ModelState(Replica replica, long batchesTracked, Slots slots, long step, int leftOutInARow, Notes notes) {

    /**
     * Kept for readers of a checkpoint: training does not need it, and the digest of the weights leaves it out.
     *
     * @param precise statistics estimated for these weights, laid out as running ones
     * @param data by which inputs are normalized
     */
    public record Notes(Optional<float[]> precise, Optional<ChannelStatistics> data) {
        static final Notes NONE = new Notes(Optional.empty(), Optional.empty());
    }

    public ModelState {
        requireLength("weights", replica.weights().length, replica.parameters());
        requireLength("slots", slots.size(), replica.parameters());
        requireLength("running statistics", replica.runningStatistics().length, replica.statistics());
    }

    /** A state whose last step was not skipped. */
    public ModelState(Replica replica, long batchesTracked, Slots slots, long step) {
        this(replica, batchesTracked, slots, step, 0);
    }

    /** A state without notes. */
    public ModelState(Replica replica, long batchesTracked, Slots slots, long step, int leftOutInARow) {
        this(replica, batchesTracked, slots, step, leftOutInARow, Notes.NONE);
    }

    /** The same state with precise statistics, if there are any. */
    public ModelState with(Optional<float[]> preciseStatistics) {
        return with(new Notes(preciseStatistics, notes.data));
    }

    /** The same state with what its data is normalized by. */
    public ModelState normalizedBy(ChannelStatistics data) {
        return with(new Notes(notes.precise, Optional.of(data)));
    }

    private ModelState with(Notes others) {
        return new ModelState(replica, batchesTracked, slots, step, leftOutInARow, others);
    }

    /** The same state in arrays of its own. */
    public ModelState copy() {
        Replica own = new Replica(
                replica.parameters(),
                replica.weights().clone(),
                replica.statistics(),
                replica.runningStatistics().clone());
        return new ModelState(own, batchesTracked, slots.copy(), step, leftOutInARow)
                .with(new Notes(notes.precise.map(float[]::clone), notes.data));
    }

    /** Number of floats in weights, slots and running statistics, as they are sent to another worker. */
    public int flatSize() {
        return replica.weights().length + slots.flatSize() + replica.runningStatistics().length;
    }

    /** What {@code model.safetensors} holds: PyTorch's state_dict. */
    public List<StoredTensor> modelTensors() {
        List<StoredTensor> tensors = new ArrayList<>();
        addAll(tensors, "", replica.parameters(), replica.weights());
        addAll(tensors, "", replica.statistics(), replica.runningStatistics());
        counters(replica.statistics()).forEach(name -> tensors.add(StoredTensor.ofLong(name, batchesTracked)));
        return tensors;
    }

    /** What {@code optimizer.safetensors} holds: a tensor for each slot and parameter, and one for each counter. */
    public List<StoredTensor> optimizerTensors() {
        List<StoredTensor> tensors = new ArrayList<>();
        slots.arrays().forEach((name, array) -> addAll(tensors, prefix(name), replica.parameters(), array));
        slots.counters().forEach((name, count) -> tensors.add(StoredTensor.ofLong(name, count)));
        return tensors;
    }

    /** What {@code precise.safetensors} holds, if there are precise statistics: under the names of running ones. */
    public Optional<List<StoredTensor>> preciseTensors() {
        return notes.precise.map(statistics -> {
            List<StoredTensor> tensors = new ArrayList<>();
            addAll(tensors, "", replica.statistics(), statistics);
            return tensors;
        });
    }

    /**
     * What {@code ema.safetensors} holds, if an average of the weights is kept: PyTorch's state_dict with the average in
     * the place of the weights, and the present running statistics.
     */
    public Optional<List<StoredTensor>> averageTensors() {
        return WeightAverage.in(slots)
                .map(average ->
                        new ModelState(replica.withWeights(average), batchesTracked, slots, step).modelTensors());
    }

    /** The prefix of parameters' names in a slot. */
    static String prefix(String slot) {
        return slot + ".";
    }

    /** Names of the {@code num_batches_tracked} that belong to running statistics. */
    static List<String> counters(ParameterLayout statistics) {
        return statistics.entries().stream()
                .filter(entry -> entry.role() == Role.RUNNING_MEAN)
                .map(entry -> entry.name().replaceFirst("running_mean$", "num_batches_tracked"))
                .toList();
    }

    private static void addAll(List<StoredTensor> tensors, String prefix, ParameterLayout layout, float[] flat) {
        for (Entry entry : layout.entries()) {
            tensors.add(StoredTensor.ofFloats(prefix + entry.name(), entry.dimensions(), () -> entry.read(flat)));
        }
    }

    /** The flat array of a layout's tensors, each found under {@code prefix} and its name. */
    static float[] flat(ParameterLayout layout, String prefix, Map<String, StoredTensor> tensors) {
        float[] flat = new float[layout.size()];
        for (Entry entry : layout.entries()) {
            entry.write(tensors.get(prefix + entry.name()).floats(), flat);
        }
        return flat;
    }

    private static void requireLength(String what, int length, ParameterLayout layout) {
        if (length != layout.size()) {
            throw new IllegalArgumentException(what + ": " + length + " elements, but the layout has " + layout.size());
        }
    }
}
