package io.syncbn.worker.optim;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What tests of optimizers have in common: a job, a layout, and an optimizer at work. */
final class OptimizerRun {
    final Optimization job;
    final ParameterLayout layout;
    final Slots slots;
    final float[] weights;
    private final WeightUpdates updates;

    OptimizerRun(Optimization job, ParameterLayout layout, float... weights) {
        this.job = job;
        this.layout = layout;
        this.weights = weights;
        this.slots = Slots.zeros(Optimizers.of(job.optimizer()).slots(), layout.size());
        this.updates = new WeightUpdates(job, layout, slots);
    }

    static Optimization job(String optimizer, String... namesAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("optimizer", optimizer, "weight-decay", "0"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return JobParser.parse(settings, 1).optimization();
    }

    /** A layer of some weights and biases, and behind it the last layer, with one weight. */
    static ParameterLayout layer(int rows, int columns) {
        return layout(
                Map.of(), "fc1.weight", List.of(rows, columns), "fc1.bias", List.of(rows), "fc2.weight", List.of(1));
    }

    /** Names that end in {@code bias} are of biases, all others of weights. */
    @SuppressWarnings("unchecked")
    static ParameterLayout layout(Map<String, Role> roles, Object... namesAndDimensions) {
        List<Entry> entries = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < namesAndDimensions.length; i += 2) {
            String name = (String) namesAndDimensions[i];
            Role role = roles.getOrDefault(name, name.endsWith("bias") ? Role.BIAS : Role.WEIGHT);
            entries.add(new Entry(name, (List<Integer>) namesAndDimensions[i + 1], offset, role));
            offset += entries.get(entries.size() - 1).size();
        }
        return new ParameterLayout(entries);
    }

    static float[] noise(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    /** One step with a mean gradient. */
    void step(double rate, float... gradient) {
        updates.step(weights, gradient, 1, rate);
    }

    void step(double rate, float[] sum, long examples) {
        updates.step(weights, sum, examples, rate);
    }

    /** Its present state, for the twin to go on from. */
    List<Float64Optimizer.Tensor> twin(float[] sum, long examples) {
        return layout.entries().stream()
                .map(entry -> {
                    double[] gradient = widened(sum, entry);
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] /= examples;
                    }
                    Map<String, double[]> state = new HashMap<>();
                    slots.arrays().forEach((name, array) -> state.put(name, widened(array, entry)));
                    return new Float64Optimizer.Tensor(
                            entry.name(),
                            widened(weights, entry),
                            gradient,
                            state,
                            entry.dimensions().size() > 1 ? entry.dimensions().get(0) : 1,
                            entry.role() == Role.WEIGHT);
                })
                .toList();
    }

    static double[] widened(float[] flat, Entry entry) {
        double[] wide = new double[entry.size()];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = flat[entry.offset() + i];
        }
        return wide;
    }
}
