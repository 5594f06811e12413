package io.syncbn.worker.nn;

import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;
import java.util.function.IntToDoubleFunction;

/** A small model with every kind of layer, and its float64 twin. */
public final class EveryLayer implements Architecture {
    static final Shape INPUT = new Shape(11, 9, 3);
    static final int CLASSES = 4;
    static final double DROPOUT = 0.3;
    static final long SEED = 17;
    static final long STEP = 5;

    private static final Shape STEM = new Shape(11, 9, 6);
    private static final Shape POOLED = new Shape(6, 5, 6);
    private static final Shape REDUCED = new Shape(3, 3, 10);
    private static final Shape AVERAGED = new Shape(2, 2, 10);

    @Override
    public void define(Net net) {
        net.conv2dWithBias("stem", 6, 3, 1, 1).batchNorm("bn1").relu().maxPool(3, 2, 1);
        net.residual("same", main -> main.conv2d("conv1", 6, 3, 1, 1)
                .batchNorm("bn1")
                .relu()
                .conv2d("conv2", 6, 3, 1, 1)
                .batchNorm("bn2"));
        net.residual(
                "mixed",
                main -> main.conv2d("conv1", 6, 3, 1, 1).batchNorm("bn1"),
                shortcut -> shortcut.conv2d("shortcut", 6, 1, 1, 0));
        net.residual("wider", main -> main.conv2d("conv1", 10, 3, 2, 1).batchNorm("bn1"), shortcut -> shortcut.conv2d(
                        "downsample.0", 10, 1, 2, 0)
                .batchNorm("downsample.1"));
        net.averagePool(2, 1).flatten();
        net.dense("fc1", 13).batchNorm("bn2").relu().dropout();
        net.dense("fc2", 8).relu().dense("fc3", net.classes());
    }

    static Float64Layers.Twin twin(Float64Layers.Parameters p, ShardedRun run) {
        return Float64Layers.sequence(
                Float64Layers.convolution(p, "stem", INPUT, 6, 3, 1, 1),
                norm(p, "bn1", 6, run),
                Float64Layers.relu(),
                Float64Layers.maxPool(STEM, 3, 2, 1),
                Float64Layers.residual(
                        Float64Layers.sequence(
                                Float64Layers.convolution(p, "same.conv1", POOLED, 6, 3, 1, 1),
                                norm(p, "same.bn1", 6, run),
                                Float64Layers.relu(),
                                Float64Layers.convolution(p, "same.conv2", POOLED, 6, 3, 1, 1),
                                norm(p, "same.bn2", 6, run)),
                        Float64Layers.sequence()),
                Float64Layers.residual(
                        Float64Layers.sequence(
                                Float64Layers.convolution(p, "mixed.conv1", POOLED, 6, 3, 1, 1),
                                norm(p, "mixed.bn1", 6, run)),
                        Float64Layers.sequence(Float64Layers.convolution(p, "mixed.shortcut", POOLED, 6, 1, 1, 0))),
                Float64Layers.residual(
                        Float64Layers.sequence(
                                Float64Layers.convolution(p, "wider.conv1", POOLED, 10, 3, 2, 1),
                                norm(p, "wider.bn1", 10, run)),
                        Float64Layers.sequence(
                                Float64Layers.convolution(p, "wider.downsample.0", POOLED, 10, 1, 2, 0),
                                norm(p, "wider.downsample.1", 10, run))),
                Float64Layers.averagePool(REDUCED, 2, 2, 1),
                Float64Layers.flatten(AVERAGED),
                Float64Layers.dense(p, "fc1", 40, 13),
                norm(p, "bn2", 13, run),
                Float64Layers.relu(),
                Float64Layers.times(dropout(run, 13, 0, DROPOUT)),
                Float64Layers.dense(p, "fc2", 13, 8),
                Float64Layers.relu(),
                Float64Layers.dense(p, "fc3", 8, CLASSES));
    }

    private static Float64Layers.Twin norm(Float64Layers.Parameters p, String name, int channels, ShardedRun run) {
        return new Float64Norm(p, name, channels, 1e-5, run.groupOfExample(), run.groups());
    }

    /**
     * The factor of each number of the global batch, from the documented keys.
     *
     * @param features numbers of an example
     * @param layer number of the dropout layer in its model
     */
    static IntToDoubleFunction dropout(ShardedRun run, int features, int layer, double rate) {
        double[] factors = new double[run.totalExamples() * features];
        for (int shard = 0; shard < run.shards(); shard++) {
            CounterRandom random = new CounterRandom(SEED, Purpose.DROPOUT, STEP, shard, layer);
            for (int i = 0; i < run.examples(shard) * features; i++) {
                factors[run.firstExample(shard) * features + i] =
                        random.doubleAt(i) < rate ? 0 : (float) (1 / (1 - rate));
            }
        }
        return i -> factors[i];
    }
}
