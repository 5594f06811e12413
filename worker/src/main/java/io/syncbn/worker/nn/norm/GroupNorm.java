package io.syncbn.worker.nn.norm;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;
import java.util.function.Supplier;

/**
 * Group normalization (Wu &amp; He 2018): each example by itself, over the M numbers of its pixels and the channels of
 * one of G groups:
 *
 * <pre>
 *   x̂ = (x − μ) / √(σ² + ε),   y = γ·x̂ + β,   then max(0, y) if a ReLU is fused
 *   dx = 1/√(σ² + ε) · (γ·dy − Σ(γ·dy)/M − x̂·Σ(γ·dy·x̂)/M),   dγ = Σ dy·x̂,   dβ = Σ dy
 * </pre>
 *
 * <p>γ belongs to a channel, not to the group, and so stays under the sums. Nothing is summed over shards, there are no
 * running statistics, and evaluation computes as training does.
 */
final class GroupNorm implements Norm {

    /** Makes the layer. */
    record Factory(Shape shape, int groups, double epsilon, Affine affine, boolean relu) implements NormFactory {

        @Override
        public Factory withRelu() {
            return new Factory(shape, groups, epsilon, affine, true);
        }

        @Override
        public GroupNorm create(ShardMemory memory) {
            return new GroupNorm(this, memory);
        }
    }

    private final Factory settings;
    private final Affine affine;
    private final int channels;
    private final int channelsPerGroup;
    private final ShardMemory memory;
    private final float[] output;
    private final NormTransform transform;

    /** Means of each example's groups. */
    private final double[] means;

    private final double[] variances;

    /** For each channel of the present example: sums, and its group's mean. */
    private final double[] sums;

    private final double[] products;
    private final double[] mean;

    private Tensor input;

    private GroupNorm(Factory settings, ShardMemory memory) {
        this.settings = settings;
        this.affine = settings.affine;
        this.channels = settings.shape.channels();
        this.channelsPerGroup = channels / settings.groups;
        this.memory = memory;
        this.output = memory.activations(settings.shape);
        memory.reservePassedGradient(settings.shape);
        this.transform = new NormTransform(channels, settings.epsilon);
        this.means = new double[Math.multiplyExact(memory.maxExamples(), settings.groups)];
        this.variances = new double[means.length];
        this.sums = new double[channels];
        this.products = new double[channels];
        this.mean = new double[channels];
    }

    /** @param groups G, a whole number from 1 */
    static Normalizer inGroups(String groups, Normalization normalization) {
        if (!groups.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException("the number of groups must be a whole number from 1");
        }
        return scope -> define(scope, Integer.parseInt(groups), normalization);
    }

    private static Factory define(LayerScope scope, int groups, Normalization normalization) {
        Shape shape = scope.input();
        if (shape.channels() % groups != 0) {
            throw new ModelException(scope.name() + ": " + shape.channels() + " channels cannot be divided into "
                    + groups + " groups of equal size");
        }
        if (shape.size() == groups) {
            throw new ModelException(scope.name() + ": each of " + groups + " groups has one number of an example of "
                    + shape + ", which less its mean is 0: nothing could be learned");
        }
        Affine affine = Affine.register(scope, normalization.affine());
        scope.describe(
                "groupNorm",
                shape.channels() + " channels in " + groups + " groups, epsilon " + normalization.epsilon()
                        + (normalization.affine() ? "" : ", without scale and shift"));
        return new Factory(shape, groups, normalization.epsilon(), affine, false);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        input = x;
        for (int example = 0; example < x.examples(); example++) {
            takeStatistics(example);
            memory.kernels().normalize(x.values(), output, rows(example), transform.forward(), settings.relu);
        }
        return new Tensor(output, x.examples(), settings.shape);
    }

    @Override
    public Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        input = x;
        float[] added = residual.get().values();
        for (int example = 0; example < x.examples(); example++) {
            takeStatistics(example);
            memory.kernels().normalizeAddRelu(x.values(), added, output, rows(example), transform.forward());
        }
        return new Tensor(output, x.examples(), settings.shape);
    }

    /** Sets the statistics of one example's groups; the variance is E[x²] − E[x]² in float64. */
    private void takeStatistics(int example) {
        memory.kernels().moments(input.values(), rows(example), sums, products);
        double numbers = (double) settings.shape.pixels() * channelsPerGroup;
        for (int group = 0; group < settings.groups; group++) {
            double mean = sumOfGroup(sums, group) / numbers;
            means[example * settings.groups + group] = mean;
            variances[example * settings.groups + group] =
                    Math.max(0, sumOfGroup(products, group) / numbers - mean * mean);
        }
        setTransform(example);
    }

    private double sumOfGroup(double[] ofChannels, int group) {
        double sum = 0;
        for (int c = group * channelsPerGroup; c < (group + 1) * channelsPerGroup; c++) {
            sum += ofChannels[c];
        }
        return sum;
    }

    private void setTransform(int example) {
        for (int c = 0; c < channels; c++) {
            int group = example * settings.groups + c / channelsPerGroup;
            mean[c] = means[group];
            transform.set(c, means[group], variances[group], affine.gamma(memory, c), affine.beta(memory, c));
        }
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        memory.finishLateGradient(pass);
        float[] reluOutput = settings.relu ? output : null;
        float[] inputGradient = memory.passedGradient();
        double[] shifts = new double[channels];
        double[] scales = new double[channels];
        for (int example = 0; example < dy.examples(); example++) {
            setTransform(example);
            memory.kernels()
                    .gradientMoments(dy.values(), input.values(), reluOutput, rows(example), mean, sums, products);
            for (int c = 0; c < channels; c++) {
                products[c] *= transform.inverseDeviation(c);
                shifts[c] += sums[c];
                scales[c] += products[c];
            }
            setGradientTransform();
            memory.kernels()
                    .normalizeGradient(
                            dy.values(),
                            input.values(),
                            reluOutput,
                            inputGradient,
                            rows(example),
                            transform.forward().scale(),
                            transform.backward());
        }
        affine.addGradients(memory, shifts, scales);
        return new Tensor(inputGradient, dy.examples(), settings.shape);
    }

    /** Sets the gradient's transform for the present example, from its sums by channel. */
    private void setGradientTransform() {
        for (int c = 0; c < channels; c++) {
            double gamma = affine.gamma(memory, c);
            sums[c] *= gamma;
            products[c] *= gamma;
        }
        double numbers = (double) settings.shape.pixels() * channelsPerGroup;
        for (int group = 0; group < settings.groups; group++) {
            double meanGradient = sumOfGroup(sums, group) / numbers;
            double meanProduct = sumOfGroup(products, group) / numbers;
            for (int c = group * channelsPerGroup; c < (group + 1) * channelsPerGroup; c++) {
                transform.setGradient(c, mean[c], transform.inverseDeviation(c), meanGradient, meanProduct);
            }
        }
    }

    private Rows rows(int example) {
        return new Rows(example * settings.shape.pixels(), settings.shape.pixels(), channels);
    }
}
