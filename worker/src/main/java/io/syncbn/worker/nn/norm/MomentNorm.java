package io.syncbn.worker.nn.norm;

import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.nn.InferenceGraph;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.MomentsReducer.Direction;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Normalization by the mean and variance of groups of numbers, over examples and channels: batch, group, layer and
 * instance normalization, and what lies between (Ioffe &amp; Szegedy 2015; Wu &amp; He 2018; Summers &amp; Dinneen
 * 2020). For the M numbers of a group:
 *
 * <pre>
 *   x̂ = (x − μ) / √(σ² + ε),   y = γ·x̂ + β,   then max(0, y) if a ReLU is fused
 *   dx = 1/√(σ² + ε) · (γ·dy − Σ(γ·dy)/M − x̂·Σ(γ·dy·x̂)/M),   dγ = Σ dy·x̂,   dβ = Σ dy
 * </pre>
 *
 * <p>γ belongs to a channel. So it stays under the sums, unless a group has one channel only: then it is taken out of
 * them. dγ and dβ are this shard's own sums, because gradients are summed over shards later.
 */
final class MomentNorm implements Norm {

    /**
     * Makes the layer.
     *
     * @param running none where evaluation computes as training does
     * @param limits of batch renormalization; {@code NONE} without
     * @param relu whether a ReLU is fused
     */
    record Factory(
            NormGroups groups,
            double epsilon,
            Affine affine,
            TrackedStatistics running,
            Renormalization.Limits limits,
            boolean relu)
            implements NormFactory {

        static Factory of(NormGroups groups, double epsilon, Affine affine, TrackedStatistics running) {
            return new Factory(groups, epsilon, affine, running, Renormalization.Limits.NONE, false);
        }

        Factory with(Renormalization.Limits renormalization) {
            return new Factory(groups, epsilon, affine, running, renormalization, relu);
        }

        @Override
        public Factory withRelu() {
            return new Factory(groups, epsilon, affine, running, limits, true);
        }

        @Override
        public MomentNorm create(ShardMemory memory) {
            return new MomentNorm(this, memory);
        }
    }

    private final Factory settings;
    private final NormGroups groups;
    private final Affine affine;
    private final TrackedStatistics running;
    private final int channels;
    private final ShardMemory memory;
    private final float[] output;
    private final GroupMoments moments;
    private final NormTransform transform;
    private final Renormalization correction;

    private Tensor input;
    /** Whether the pass normalizes by running statistics. */
    private boolean byRunning;

    private MomentNorm(Factory settings, ShardMemory memory) {
        this.settings = settings;
        this.groups = settings.groups;
        this.affine = settings.affine;
        this.running = settings.running;
        this.channels = groups.channels();
        this.memory = memory;
        this.output = memory.activations(groups.shape());
        memory.reservePassedGradient(groups.shape());
        this.moments = new GroupMoments(groups, settings.epsilon, memory.maxExamples());
        this.transform = new NormTransform(channels);
        this.correction = new Renormalization(channels);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return startForward(x, pass).get();
    }

    @Override
    public Supplier<Tensor> startForward(Tensor x, Pass pass) {
        Optional<MomentsReducer.Pending> total = startMoments(x, pass);
        return () -> normalizeBlocks(total, pass, rows -> memory.kernels()
                .normalize(x.values(), output, rows, transform.forward(), settings.relu));
    }

    @Override
    public Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        Optional<MomentsReducer.Pending> total = startMoments(x, pass);
        float[] added = residual.get().values();
        return normalizeBlocks(total, pass, rows -> memory.kernels()
                .normalizeAddRelu(x.values(), added, output, rows, transform.forward()));
    }

    /** Starts the sum over shards, if there is to be one. */
    private Optional<MomentsReducer.Pending> startMoments(Tensor x, Pass pass) {
        input = x;
        byRunning = running.normalize(pass);
        correction.begin(byRunning ? Renormalization.Limits.NONE : settings.limits.of(pass));
        if (byRunning || !groups.isOverShards()) {
            return Optional.empty();
        }
        return Optional.of(
                pass.moments().start(Direction.FORWARD, groups.layer(), part(groups.all(x.examples()), pass)));
    }

    private double[] part(Rows rows, Pass pass) {
        double[] part = moments.part(memory.kernels(), input.values(), rows);
        if (pass.mode() == Pass.Mode.ESTIMATION) {
            running.add(part, groups, memory);
        }
        return part;
    }

    /** @param total sums over shards; empty where a block's own are all, or running statistics are used */
    private Tensor normalizeBlocks(Optional<MomentsReducer.Pending> total, Pass pass, Consumer<Rows> normalize) {
        for (int block = 0; block < blocks(); block++) {
            Rows rows = rows(block);
            if (!byRunning) {
                moments.take(block, total.isPresent() ? total.get().await() : part(rows, pass));
            }
            setTransform(block);
            normalize.accept(rows);
        }
        if (!byRunning && pass.training()) {
            running.leave(moments, groups, blocks(), memory);
        }
        return new Tensor(output, input.examples(), groups.shape());
    }

    private void setTransform(int block) {
        for (int c = 0; c < channels; c++) {
            double mean = byRunning ? running.mean(memory, c) : moments.mean(block, c);
            double inverse = byRunning ? runningInverse(c) : moments.inverseDeviation(block, c);
            double gamma = affine.gamma(memory, c);
            double beta = affine.beta(memory, c);
            if (correction.isOn()) {
                correction.set(c, mean, inverse, running.mean(memory, c), runningInverse(c));
                beta += gamma * correction.shift(c);
                gamma *= correction.scale(c);
            }
            transform.set(c, mean, inverse, gamma, beta);
        }
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        float[] gamma = affine.gammas(memory, channels);
        float[] beta = affine.betas(memory, channels);
        InferenceGraph.Value y = running.isTracked()
                ? graph.batchNorm(
                        x,
                        new InferenceGraph.RunningNorm(
                                gamma,
                                beta,
                                running.means(memory, channels),
                                running.variances(memory, channels),
                                settings.epsilon))
                : graph.scaleAndShift(inferNormalized(graph, x), gamma, beta);
        return settings.relu ? graph.relu(y) : y;
    }

    private InferenceGraph.Value inferNormalized(InferenceGraph graph, InferenceGraph.Value x) {
        if (groups.examples() != 1) {
            throw new ModelException(graph.layer() + " cannot be exported: without running statistics"
                    + " (--norm-track-running false) it normalizes an example by the others of its batch");
        }
        int of = groups.channelGroups();
        InferenceGraph.Value centered = groups.centered() ? graph.center(x, of) : x;
        return graph.divideByRootMeanSquare(centered, centered, of, settings.epsilon);
    }

    private double runningInverse(int c) {
        return 1 / Math.sqrt(running.variance(memory, c) + settings.epsilon);
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        return startBackward(dy, pass).get();
    }

    @Override
    public Supplier<Tensor> startBackward(Tensor dy, Pass pass) {
        double[] shifts = new double[channels];
        double[] scales = new double[channels];
        Optional<MomentsReducer.Pending> total = groups.isOverShards() && !byRunning
                ? Optional.of(pass.moments()
                        .start(Direction.BACKWARD, groups.layer(), gradientPart(dy, rows(0), shifts, scales)))
                : Optional.empty();
        return () -> {
            memory.finishLateGradient(pass);
            for (int block = 0; block < blocks(); block++) {
                Rows rows = rows(block);
                if (blocks() > 1) {
                    setTransform(block); // else it is that of the forward pass still
                }
                setGradientTransform(
                        block, total.isPresent() ? total.get().await() : gradientPart(dy, rows, shifts, scales));
                memory.kernels()
                        .normalizeGradient(
                                dy.values(),
                                input.values(),
                                reluOutput(),
                                memory.passedGradient(),
                                rows,
                                transform.forward().scale(),
                                transform.backward());
            }
            affine.addGradients(memory, shifts, scales);
            return new Tensor(memory.passedGradient(), dy.examples(), groups.shape());
        };
    }

    /**
     * The two sums that dx needs, for each group of channels, over some rows.
     *
     * @param shifts dβ of these rows is added, for each channel
     * @param scales dγ likewise
     */
    private double[] gradientPart(Tensor dy, Rows rows, double[] shifts, double[] scales) {
        double[] sums = new double[channels];
        double[] products = new double[channels];
        memory.kernels()
                .gradientMoments(dy.values(), input.values(), reluOutput(), rows, transform.mean(), sums, products);
        for (int c = 0; c < channels; c++) {
            products[c] *= transform.inverseDeviation(c);
            shifts[c] += sums[c];
            scales[c] +=
                    correction.isOn() ? correction.scale(c) * products[c] + correction.shift(c) * sums[c] : products[c];
            sums[c] *= gammaInSums(c);
            products[c] *= gammaInSums(c);
        }
        double[] part = new double[2 * groups.channelGroups()];
        moments.sumOfGroups(sums, part, 0);
        moments.sumOfGroups(products, part, groups.channelGroups());
        return part;
    }

    private void setGradientTransform(int block, double[] total) {
        double numbers = byRunning ? 0 : moments.numbers(block); // running statistics do not follow x
        int width = groups.channelsPerGroup();
        for (int g = 0, c = 0; g < groups.channelGroups(); g++) {
            double meanGradient = numbers == 0 || !groups.centered() ? 0 : total[g] / numbers;
            double meanProduct = numbers == 0 ? 0 : total[groups.channelGroups() + g] / numbers;
            for (int end = c + width; c < end; c++) {
                double gain = gammaBySums(c) * transform.inverseDeviation(c);
                transform.setGradient(c, gain, meanGradient, meanProduct);
            }
        }
    }

    private double gammaInSums(int c) {
        return groups.channelsPerGroup() == 1 ? 1 : affine.gamma(memory, c);
    }

    private double gammaBySums(int c) {
        double gamma = groups.channelsPerGroup() == 1 ? affine.gamma(memory, c) : 1;
        return correction.isOn() ? gamma * correction.scale(c) : gamma;
    }

    private float[] reluOutput() {
        return settings.relu ? output : null;
    }

    private int blocks() {
        return byRunning ? 1 : groups.blocks(input.examples());
    }

    private Rows rows(int block) {
        return byRunning ? groups.all(input.examples()) : groups.rows(block, input.examples());
    }
}
