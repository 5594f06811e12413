package io.syncbn.worker.nn.norm;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.kernels.Transform;
import io.syncbn.worker.nn.InferenceGraph;
import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * EvoNorm-S0 (Liu et al. 2020, table 3), a normalization and an activation in one, where a ReLU would follow:
 *
 * <pre>
 *   y = γ·x·σ(v·x) · s + β,   s = 1/√(var + ε),   σ(t) = 1/(1 + e^−t)
 *   dv = Σ dy·γ·s·x²·σ(1 − σ),   dγ = Σ dy·x·σ·s,   dβ = Σ dy
 *   dx = dy·γ·s·(σ + v·x·σ(1 − σ)) − s³·(x − μ)/M · Σ dy·γ·x·σ
 * </pre>
 *
 * <p>μ and var are those of the M numbers of a group of channels of one example. Without a ReLU behind it y = γ·x + β, as
 * in timm: nothing is normalized there. Names are timm's.
 */
final class EvoNorm implements Norm {
    private static final String DEFAULT_GROUPS = "8";
    private static final int NO_ACTIVATION = -1;

    /**
     * Makes the layer.
     *
     * @param slopes offset of v among the parameters, or {@link #NO_ACTIVATION}
     */
    record Factory(NormGroups groups, double epsilon, Affine affine, int slopes, LayerScope scope)
            implements NormFactory {
        @Override
        public Factory withRelu() {
            int offset = scope.parameter("v", List.of(groups.channels()), Role.NORM_SCALE, Initializer.constant(1));
            return new Factory(groups, epsilon, affine, offset, scope);
        }

        @Override
        public EvoNorm create(ShardMemory memory) {
            return new EvoNorm(this, memory);
        }
    }

    private final Factory settings;
    private final NormGroups groups;
    private final int channels;
    private final ShardMemory memory;
    private final float[] output;
    private final GroupMoments moments;
    private final Transform line;

    private Tensor input;

    private EvoNorm(Factory settings, ShardMemory memory) {
        this.settings = settings;
        this.groups = settings.groups;
        this.channels = groups.channels();
        this.memory = memory;
        this.output = memory.activations(groups.shape());
        memory.reservePassedGradient(groups.shape());
        this.moments = new GroupMoments(groups, settings.epsilon, memory.maxExamples());
        this.line = Transform.ofChannels(channels);
    }

    static Normalizer normalizer(List<String> arguments, Normalization settings) {
        int channelGroups = MomentNorms.groups(arguments.isEmpty() ? DEFAULT_GROUPS : arguments.get(0));
        return scope -> {
            MomentNorms.requireDivisible(scope, channelGroups);
            NormGroups groups = NormGroups.ofShard(scope.input(), 1, channelGroups);
            MomentNorms.requireSeveral(scope, groups);
            Affine affine = Affine.register(scope, settings.affine());
            scope.describe(
                    "evoNormS0",
                    groups.channels() + " channels in " + channelGroups + " groups, epsilon " + settings.epsilon()
                            + (settings.affine() ? "" : ", without scale and shift"));
            return new Factory(groups, settings.epsilon(), affine, NO_ACTIVATION, scope);
        };
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        input = x;
        if (settings.slopes == NO_ACTIVATION) {
            setLine();
            memory.kernels().normalize(x.values(), output, groups.all(x.examples()), line, false);
            return y();
        }
        for (int example = 0; example < x.examples(); example++) {
            Rows rows = groups.rows(example, x.examples());
            moments.take(example, moments.part(memory.kernels(), x.values(), rows));
            for (int row = 0, i = rows.first() * channels; row < rows.count(); row++) {
                for (int c = 0; c < channels; c++, i++) {
                    double number = x.values()[i];
                    double activated = number * Sigmoid.of(slope(c) * number) * moments.inverseDeviation(example, c);
                    output[i] =
                            (float) (settings.affine.gamma(memory, c) * activated + settings.affine.beta(memory, c));
                }
            }
        }
        return y();
    }

    @Override
    public Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        input = x;
        setLine();
        memory.kernels().normalizeAddRelu(x.values(), residual.get().values(), output, groups.all(x.examples()), line);
        return y();
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        float[] gamma = settings.affine.gammas(memory, channels);
        float[] beta = settings.affine.betas(memory, channels);
        if (settings.slopes == NO_ACTIVATION) {
            return graph.scaleAndShift(x, gamma, beta);
        }
        float[] slopes = Arrays.copyOfRange(memory.weights(), settings.slopes, settings.slopes + channels);
        InferenceGraph.Value gate = graph.sigmoid(graph.scaleAndShift(x, slopes, new float[channels]));
        InferenceGraph.Value normalized = graph.divideByRootMeanSquare(
                x, graph.center(x, groups.channelGroups()), groups.channelGroups(), settings.epsilon);
        return graph.scaleAndShift(graph.multiply(normalized, gate), gamma, beta);
    }

    private Tensor y() {
        return new Tensor(output, input.examples(), groups.shape());
    }

    private void setLine() {
        for (int c = 0; c < channels; c++) {
            line.scale()[c] = (float) settings.affine.gamma(memory, c);
            line.shift()[c] = (float) settings.affine.beta(memory, c);
        }
    }

    private double slope(int c) {
        return memory.weights()[settings.slopes + c];
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        memory.finishLateGradient(pass);
        return settings.slopes == NO_ACTIVATION ? backwardOfLine(dy) : backwardOfActivation(dy);
    }

    private Tensor backwardOfLine(Tensor dy) {
        double[] sums = new double[channels];
        double[] products = new double[channels];
        Rows rows = groups.all(dy.examples());
        memory.kernels().gradientMoments(dy.values(), input.values(), null, rows, new double[channels], sums, products);
        settings.affine.addGradients(memory, sums, products);
        memory.kernels()
                .normalizeGradient(
                        dy.values(),
                        input.values(),
                        null,
                        memory.passedGradient(),
                        rows,
                        line.scale(),
                        Transform.ofChannels(channels));
        return new Tensor(memory.passedGradient(), dy.examples(), groups.shape());
    }

    private Tensor backwardOfActivation(Tensor dy) {
        double[] shifts = new double[channels];
        double[] scales = new double[channels];
        double[] slopes = new double[channels];
        for (int example = 0; example < dy.examples(); example++) {
            double[] sums = sums(dy, example, shifts, scales, slopes);
            double[] ofGroups = new double[groups.channelGroups()];
            moments.sumOfGroups(sums, ofGroups, 0);
            addInputGradient(dy, example, ofGroups);
        }
        settings.affine.addGradients(memory, shifts, scales);
        for (int c = 0; c < channels; c++) {
            memory.gradients()[settings.slopes + c] += (float) slopes[c];
        }
        return new Tensor(memory.passedGradient(), dy.examples(), groups.shape());
    }

    /** Adds an example's dβ, dγ and dv; returns Σ dy·γ·x·σ of each channel. */
    private double[] sums(Tensor dy, int example, double[] shifts, double[] scales, double[] slopes) {
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        Rows rows = groups.rows(example, dy.examples());
        for (int row = 0, i = rows.first() * channels; row < rows.count(); row++) {
            for (int c = 0; c < channels; c++, i++) {
                double x = input.values()[i];
                double gradient = dy.values()[i];
                double sigmoid = Sigmoid.of(slope(c) * x);
                shifts[c] += gradient;
                sums[c] += gradient * x * sigmoid;
                squares[c] += gradient * x * x * sigmoid * (1 - sigmoid);
            }
        }
        for (int c = 0; c < channels; c++) {
            double inverse = moments.inverseDeviation(example, c);
            double gamma = settings.affine.gamma(memory, c);
            scales[c] += sums[c] * inverse;
            slopes[c] += squares[c] * gamma * inverse;
            sums[c] *= gamma;
        }
        return sums;
    }

    private void addInputGradient(Tensor dy, int example, double[] ofGroups) {
        double numbers = moments.numbers(example);
        Rows rows = groups.rows(example, dy.examples());
        for (int row = 0, i = rows.first() * channels; row < rows.count(); row++) {
            for (int c = 0; c < channels; c++, i++) {
                double x = input.values()[i];
                double inverse = moments.inverseDeviation(example, c);
                double sigmoid = Sigmoid.of(slope(c) * x);
                double ofActivation = sigmoid + slope(c) * x * sigmoid * (1 - sigmoid);
                double ofVariance = inverse
                        * inverse
                        * inverse
                        * (x - moments.mean(example, c))
                        / numbers
                        * ofGroups[c / groups.channelsPerGroup()];
                memory.passedGradient()[i] = (float)
                        (dy.values()[i] * settings.affine.gamma(memory, c) * inverse * ofActivation - ofVariance);
            }
        }
    }
}
