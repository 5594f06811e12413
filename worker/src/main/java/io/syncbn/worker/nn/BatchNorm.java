package io.syncbn.worker.nn;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.MomentsReducer.Direction;
import java.util.Arrays;
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
 * own sums, because gradients are summed over shards later. σ² = E[x²] − E[x]² in float64: float32 loses it when the mean
 * is large beside the deviation.
 *
 * <p>A training pass leaves the group's statistics in {@link ShardMemory#batchStatistics()} and running statistics as
 * they are: those change when the step commits.
 */
final class BatchNorm implements Layer {

    /**
     * Which batch normalization this is.
     *
     * @param number of the normalization layer in the model, from 0
     * @param scaleOffset of γ in the weights, or {@link #ABSENT}
     * @param shiftOffset of β in the weights, or {@link #ABSENT}
     * @param meanOffset of the running mean in the statistics, the running variance follows it; or {@link #ABSENT}
     * @param relu whether a ReLU is fused
     */
    record Spec(
            Shape shape,
            Normalization normalization,
            int number,
            int scaleOffset,
            int shiftOffset,
            int meanOffset,
            boolean relu)
            implements LayerFactory {

        static final int ABSENT = -1;

        Spec withRelu() {
            return new Spec(shape, normalization, number, scaleOffset, shiftOffset, meanOffset, true);
        }

        @Override
        public BatchNorm create(ShardMemory memory) {
            return new BatchNorm(this, memory);
        }
    }

    private final Spec spec;
    private final int channels;
    private final ShardMemory memory;
    private final float[] output;

    private final double[] mean;
    private final double[] inverseDeviation;
    /** The mean as float32, subtracted before anything else; what rounding took off is put back by the shift. */
    private final float[] pivot;

    private final float[] scale;
    private final float[] shift;
    private final float[] slope;

    private Tensor input;
    private double groupRows;

    private BatchNorm(Spec spec, ShardMemory memory) {
        this.spec = spec;
        this.channels = spec.shape.channels();
        this.memory = memory;
        this.output = memory.activations(spec.shape);
        memory.reservePassedGradient(spec.shape);
        this.mean = new double[channels];
        this.inverseDeviation = new double[channels];
        this.pivot = new float[channels];
        this.scale = new float[channels];
        this.shift = new float[channels];
        this.slope = new float[channels];
    }

    @Override
    public Shape inputShape() {
        return spec.shape;
    }

    @Override
    public Shape outputShape() {
        return spec.shape;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return startForward(x, pass).get();
    }

    @Override
    public Supplier<Tensor> startForward(Tensor x, Pass pass) {
        Optional<MomentsReducer.Pending> total = startMoments(x, pass);
        return () -> {
            setTransform(variance(total));
            memory.kernels().normalize(x.values(), output, x.rows(), channels, pivot, scale, shift, spec.relu);
            return new Tensor(output, x.examples(), spec.shape);
        };
    }

    /** max(0, normalized x + residual): the end of a residual block, in one loop. */
    Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        Optional<MomentsReducer.Pending> total = startMoments(x, pass);
        float[] added = residual.get().values();
        setTransform(variance(total));
        memory.kernels().normalizeAddRelu(x.values(), added, output, x.rows(), channels, pivot, scale, shift);
        return new Tensor(output, x.examples(), spec.shape);
    }

    /** The sum of the group's moments; empty where running statistics are used. */
    private Optional<MomentsReducer.Pending> startMoments(Tensor x, Pass pass) {
        input = x;
        if (!pass.training() && isTracked()) {
            return Optional.empty();
        }
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        memory.kernels().moments(x.values(), x.rows(), channels, sums, squares);
        double[] part = new double[1 + 2 * channels];
        part[0] = x.rows();
        System.arraycopy(sums, 0, part, 1, channels);
        System.arraycopy(squares, 0, part, 1 + channels, channels);
        return Optional.of(pass.moments().start(Direction.FORWARD, spec.number, part));
    }

    private boolean isTracked() {
        return spec.meanOffset != Spec.ABSENT;
    }

    /** Awaits the sum, if there is one, and leaves the group's statistics; sets the mean, and returns the variance. */
    private double[] variance(Optional<MomentsReducer.Pending> total) {
        if (total.isEmpty()) {
            return runningStatistics();
        }
        double[] variance = groupStatistics(total.get().await());
        if (isTracked()) {
            leaveStatistics(variance);
        }
        return variance;
    }

    /** Sets the group's mean, and returns its biased variance; zeros for a group without rows. */
    private double[] groupStatistics(double[] total) {
        groupRows = total[0];
        double[] variance = new double[channels];
        for (int c = 0; c < channels; c++) {
            mean[c] = groupRows == 0 ? 0 : total[1 + c] / groupRows;
            variance[c] = groupRows == 0 ? 0 : Math.max(0, total[1 + channels + c] / groupRows - mean[c] * mean[c]);
        }
        return variance;
    }

    private void leaveStatistics(double[] biasedVariance) {
        boolean unbiased = spec.normalization.unbiasedRunningVariance() && groupRows > 1;
        double factor = unbiased ? groupRows / (groupRows - 1) : 1;
        for (int c = 0; c < channels; c++) {
            memory.batchStatistics()[spec.meanOffset + c] = mean[c];
            memory.batchStatistics()[spec.meanOffset + channels + c] = biasedVariance[c] * factor;
        }
    }

    /** Sets the mean to the running one, and returns the running variance. */
    private double[] runningStatistics() {
        float[] running = memory.replica().runningStatistics();
        double[] variance = new double[channels];
        for (int c = 0; c < channels; c++) {
            mean[c] = running[spec.meanOffset + c];
            variance[c] = running[spec.meanOffset + channels + c];
        }
        return variance;
    }

    /** y = (x − pivot)·scale + shift. */
    private void setTransform(double[] variance) {
        for (int c = 0; c < channels; c++) {
            inverseDeviation[c] = 1 / Math.sqrt(variance[c] + spec.normalization.epsilon());
            pivot[c] = (float) mean[c];
            double gain = gamma(c) * inverseDeviation[c];
            double beta = spec.shiftOffset == Spec.ABSENT ? 0 : memory.weights()[spec.shiftOffset + c];
            scale[c] = (float) gain;
            shift[c] = (float) (beta + (pivot[c] - mean[c]) * gain);
        }
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        return startBackward(dy, pass).get();
    }

    @Override
    public Supplier<Tensor> startBackward(Tensor dy, Pass pass) {
        float[] reluOutput = spec.relu ? output : null;
        double[] sums = new double[channels];
        double[] products = new double[channels];
        memory.kernels()
                .gradientMoments(dy.values(), input.values(), reluOutput, dy.rows(), channels, mean, sums, products);
        for (int c = 0; c < channels; c++) {
            products[c] *= inverseDeviation[c];
        }
        addParameterGradients(sums, products);
        double[] part = Arrays.copyOf(sums, 2 * channels);
        System.arraycopy(products, 0, part, channels, channels);
        MomentsReducer.Pending total = pass.moments().start(Direction.BACKWARD, spec.number, part);
        return () -> {
            memory.lateGradient().finish(pass);
            setGradientTransform(total.await());
            float[] inputGradient = memory.passedGradient().values();
            memory.kernels()
                    .normalizeGradient(
                            dy.values(),
                            input.values(),
                            reluOutput,
                            inputGradient,
                            dy.rows(),
                            channels,
                            pivot,
                            scale,
                            slope,
                            shift);
            return new Tensor(inputGradient, dy.examples(), spec.shape);
        };
    }

    private void addParameterGradients(double[] sums, double[] products) {
        if (spec.scaleOffset != Spec.ABSENT) {
            for (int c = 0; c < channels; c++) {
                memory.gradients()[spec.scaleOffset + c] += (float) products[c];
                memory.gradients()[spec.shiftOffset + c] += (float) sums[c];
            }
        }
    }

    /** dx = dy·scale + ((x − pivot)·slope + shift); the scale is that of the forward pass. */
    private void setGradientTransform(double[] total) {
        for (int c = 0; c < channels; c++) {
            double gain = gamma(c) * inverseDeviation[c];
            double meanGradient = groupRows == 0 ? 0 : total[c] / groupRows;
            double meanProduct = groupRows == 0 ? 0 : total[channels + c] / groupRows;
            double perInput = -gain * meanProduct * inverseDeviation[c];
            slope[c] = (float) perInput;
            shift[c] = (float) (-gain * meanGradient + (pivot[c] - mean[c]) * perInput);
        }
    }

    private double gamma(int c) {
        return spec.scaleOffset == Spec.ABSENT ? 1 : memory.weights()[spec.scaleOffset + c];
    }
}
