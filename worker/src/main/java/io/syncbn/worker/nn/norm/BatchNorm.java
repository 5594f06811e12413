package io.syncbn.worker.nn.norm;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Batch normalization (Ioffe &amp; Szegedy 2015) over the N·H·W rows of a normalization group:
 *
 * <pre>
 *   x̂ = (x − μ) / √(σ² + ε),   y = γ·x̂ + β,   then max(0, y) if a ReLU is fused
 *   dx = γ/√(σ² + ε) · (dy − Σdy/M − x̂·Σ(dy·x̂)/M),   dγ = Σ dy·x̂,   dβ = Σ dy
 * </pre>
 *
 * <p>μ and σ² come from sums over the M rows of the whole group, and so do the two sums in dx; dγ and dβ are this shard's
 * own sums, because gradients are summed over shards later.
 */
final class BatchNorm implements Norm {

    /**
     * Makes the layer.
     *
     * @param number of the layer, for sums over shards
     * @param relu whether a ReLU is fused
     */
    record Factory(Shape shape, int number, double epsilon, Affine affine, TrackedStatistics running, boolean relu)
            implements NormFactory {

        @Override
        public Factory withRelu() {
            return new Factory(shape, number, epsilon, affine, running, true);
        }

        @Override
        public BatchNorm create(ShardMemory memory) {
            return new BatchNorm(this, memory);
        }
    }

    private final Factory settings;
    private final Affine affine;
    private final TrackedStatistics running;
    private final int channels;
    private final ShardMemory memory;
    private final float[] output;
    private final BatchStatistics batch;
    private final NormTransform transform;

    private Tensor input;

    private BatchNorm(Factory settings, ShardMemory memory) {
        this.settings = settings;
        this.affine = settings.affine;
        this.running = settings.running;
        this.channels = settings.shape.channels();
        this.memory = memory;
        this.output = memory.activations(settings.shape);
        memory.reservePassedGradient(settings.shape);
        this.batch = new BatchStatistics(settings.number, channels);
        this.transform = new NormTransform(channels, settings.epsilon);
    }

    /** Defines it in a model, as a job asks for it. */
    static Factory define(LayerScope scope, Normalization normalization) {
        Affine affine = Affine.register(scope, normalization.affine());
        TrackedStatistics running = TrackedStatistics.register(
                scope,
                normalization.running().tracked(),
                normalization.running().unbiased());
        scope.describe(
                "batchNorm",
                scope.input().channels() + " channels, epsilon " + normalization.epsilon()
                        + (normalization.affine() ? "" : ", without scale and shift")
                        + (running.isTracked() ? "" : ", without running statistics"));
        return new Factory(scope.input(), scope.reducedLayer(), normalization.epsilon(), affine, running, false);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return startForward(x, pass).get();
    }

    @Override
    public Supplier<Tensor> startForward(Tensor x, Pass pass) {
        Optional<MomentsReducer.Pending> total = startMoments(x, pass);
        return () -> {
            setTransform(total);
            memory.kernels().normalize(x.values(), output, rows(x), transform.forward(), settings.relu);
            return new Tensor(output, x.examples(), settings.shape);
        };
    }

    @Override
    public Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        Optional<MomentsReducer.Pending> total = startMoments(x, pass);
        float[] added = residual.get().values();
        setTransform(total);
        memory.kernels().normalizeAddRelu(x.values(), added, output, rows(x), transform.forward());
        return new Tensor(output, x.examples(), settings.shape);
    }

    /** The sum of the group's moments; empty where running statistics are used. */
    private Optional<MomentsReducer.Pending> startMoments(Tensor x, Pass pass) {
        input = x;
        if (!pass.training() && running.isTracked()) {
            return Optional.empty();
        }
        return Optional.of(batch.start(x, pass, memory));
    }

    /** Awaits the sum, if there is one, and leaves the group's statistics for the commit. */
    private void setTransform(Optional<MomentsReducer.Pending> total) {
        if (total.isEmpty()) {
            for (int c = 0; c < channels; c++) {
                setTransform(c, running.mean(memory, c), running.variance(memory, channels, c));
            }
            return;
        }
        batch.take(total.get().await());
        if (running.isTracked()) {
            running.leave(batch, memory);
        }
        for (int c = 0; c < channels; c++) {
            setTransform(c, batch.mean()[c], batch.variance()[c]);
        }
    }

    private void setTransform(int c, double mean, double variance) {
        transform.set(c, mean, variance, affine.gamma(memory, c), affine.beta(memory, c));
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        return startBackward(dy, pass).get();
    }

    @Override
    public Supplier<Tensor> startBackward(Tensor dy, Pass pass) {
        float[] reluOutput = settings.relu ? output : null;
        double[] sums = new double[channels];
        double[] products = new double[channels];
        memory.kernels()
                .gradientMoments(dy.values(), input.values(), reluOutput, rows(dy), batch.mean(), sums, products);
        for (int c = 0; c < channels; c++) {
            products[c] *= transform.inverseDeviation(c);
        }
        affine.addGradients(memory, sums, products);
        MomentsReducer.Pending total = batch.startBackward(sums, products, pass);
        return () -> {
            memory.finishLateGradient(pass);
            setGradientTransform(total.await());
            float[] inputGradient = memory.passedGradient();
            memory.kernels()
                    .normalizeGradient(
                            dy.values(),
                            input.values(),
                            reluOutput,
                            inputGradient,
                            rows(dy),
                            transform.forward().scale(),
                            transform.backward());
            return new Tensor(inputGradient, dy.examples(), settings.shape);
        };
    }

    private void setGradientTransform(double[] total) {
        double groupRows = batch.groupRows();
        for (int c = 0; c < channels; c++) {
            double gain = affine.gamma(memory, c) * transform.inverseDeviation(c);
            double meanGradient = groupRows == 0 ? 0 : total[c] / groupRows;
            double meanProduct = groupRows == 0 ? 0 : total[channels + c] / groupRows;
            transform.setGradient(c, batch.mean()[c], gain, meanGradient, meanProduct);
        }
    }

    private Rows rows(Tensor tensor) {
        return new Rows(0, tensor.rows(), channels);
    }
}
