package io.syncbn.worker.optim;

import io.syncbn.proto.job.Hyperparameters;
import io.syncbn.proto.job.Optimization;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The optimizers' definitions in float64, in the dumbest way that is right, one tensor after the other. */
public final class Float64Optimizer {
    private Float64Optimizer() {}

    /**
     * A parameter of a model, with what belongs to it. The arrays are changed.
     *
     * @param name in which the layer's, if any, ends at the last dot
     * @param gradient mean over the global batch
     * @param slots by name; those that are missing are zeros
     * @param rows how many outputs it has; 1 if it has one dimension
     */
    public record Tensor(
            String name, double[] weights, double[] gradient, Map<String, double[]> slots, int rows, boolean isWeight) {
        public Tensor(String name, double[] weights, double[] gradient, int rows, boolean isWeight) {
            this(name, weights, gradient, new HashMap<>(), rows, isWeight);
        }

        double[] slot(String slot) {
            return slots.computeIfAbsent(slot, any -> new double[weights.length]);
        }
    }

    /**
     * One step.
     *
     * @param tensors in the model's order
     * @param t of the step, from 1
     */
    public static void step(Optimization job, List<Tensor> tensors, int t, double rate) {
        clip(job.safeguard(), tensors);
        for (Tensor tensor : tensors) {
            double decay =
                    tensor.isWeight() || job.decay().ofAll() ? job.decay().factor() : 0;
            Hyperparameters by = job.optimizer();
            switch (by.optimizer()) {
                case "sgd" -> sgd(tensor, by, decay, rate);
                case "lars" -> lars(tensor, by, decay, rate);
                case "adamw" -> adamw(tensor, by, t, decay, rate);
                case "lamb" -> lamb(tensor, by, t, decay, rate);
                default -> throw new IllegalArgumentException(by.optimizer());
            }
        }
    }

    private static void clip(Optimization.Safeguard by, List<Tensor> tensors) {
        if (by.clipNorm() > 0) {
            double norm = norm(tensors.stream()
                    .flatMapToDouble(tensor -> Arrays.stream(tensor.gradient()))
                    .toArray());
            double scale = Math.min(1, by.clipNorm() / (norm + 1e-6));
            tensors.forEach(tensor -> scale(tensor.gradient(), 0, tensor.gradient().length, scale));
        }
        String last = layer(tensors.get(tensors.size() - 1));
        for (Tensor tensor : tensors) {
            for (int row = 0; by.clipAgc() > 0 && !layer(tensor).equals(last) && row < tensor.rows(); row++) {
                int length = tensor.weights().length / tensor.rows();
                clipRow(tensor, row * length, (row + 1) * length, by.clipAgc());
            }
        }
    }

    private static String layer(Tensor tensor) {
        return tensor.name().substring(0, tensor.name().lastIndexOf('.') + 1);
    }

    /** Brock et al. 2021, equation 3, with the numbers of DeepMind's code. */
    private static void clipRow(Tensor tensor, int from, int to, double limit) {
        double weights = Math.max(norm(Arrays.copyOfRange(tensor.weights(), from, to)), 1e-3);
        double gradient = norm(Arrays.copyOfRange(tensor.gradient(), from, to));
        if (gradient > limit * weights) {
            scale(tensor.gradient(), from, to, limit * weights / Math.max(gradient, 1e-6));
        }
    }

    private static void scale(double[] values, int from, int to, double by) {
        for (int i = from; i < to; i++) {
            values[i] *= by;
        }
    }

    private static void sgd(Tensor tensor, Hyperparameters by, double decay, double rate) {
        double momentum = by.number("momentum");
        double[] w = tensor.weights();
        double[] v = tensor.slot("momentum_buffer");
        for (int i = 0; i < w.length; i++) {
            double g = tensor.gradient()[i] + decay * w[i];
            v[i] = momentum * v[i] + g;
            w[i] -= rate * (by.flag("nesterov") ? g + momentum * v[i] : v[i]);
        }
    }

    private static void lars(Tensor tensor, Hyperparameters by, double decay, double rate) {
        double[] w = tensor.weights();
        double[] v = tensor.slot("momentum_buffer");
        double weights = norm(w);
        double gradient = norm(tensor.gradient());
        double ratio = tensor.isWeight() && weights > 0 && gradient > 0
                ? by.number("trust-coefficient") * weights / (gradient + decay * weights + 1e-8)
                : 1;
        for (int i = 0; i < w.length; i++) {
            v[i] = by.number("momentum") * v[i] + ratio * (tensor.gradient()[i] + decay * w[i]);
            w[i] -= rate * v[i];
        }
    }

    private static void adamw(Tensor tensor, Hyperparameters by, int t, double decay, double rate) {
        double[] adam = adam(tensor, by, t);
        for (int i = 0; i < adam.length; i++) {
            tensor.weights()[i] -= rate * (adam[i] + decay * tensor.weights()[i]);
        }
    }

    private static void lamb(Tensor tensor, Hyperparameters by, int t, double decay, double rate) {
        double[] w = tensor.weights();
        double[] u = adam(tensor, by, t);
        Arrays.setAll(u, i -> u[i] + decay * w[i]);
        double ratio = tensor.isWeight() && norm(w) > 0 && norm(u) > 0 ? norm(w) / norm(u) : 1;
        for (int i = 0; i < w.length; i++) {
            w[i] -= rate * ratio * u[i];
        }
    }

    /** The direction of Kingma and Ba 2015, algorithm 1. */
    private static double[] adam(Tensor tensor, Hyperparameters by, int t) {
        double beta1 = by.number("beta1");
        double beta2 = by.number("beta2");
        double[] m = tensor.slot("exp_avg");
        double[] v = tensor.slot("exp_avg_sq");
        double[] direction = new double[m.length];
        for (int i = 0; i < m.length; i++) {
            double g = tensor.gradient()[i];
            m[i] = beta1 * m[i] + (1 - beta1) * g;
            v[i] = beta2 * v[i] + (1 - beta2) * g * g;
            double mean = m[i] / (1 - Math.pow(beta1, t));
            double square = v[i] / (1 - Math.pow(beta2, t));
            direction[i] = mean / (Math.sqrt(square) + by.number("optimizer-epsilon"));
        }
        return direction;
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(x -> x * x).sum());
    }
}
