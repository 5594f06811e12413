package io.syncbn.worker.train;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.Shape;

/**
 * A small residual network, as {@code --model} takes it, and its float64 twin. Its parameters, nearly all in one layer, fill
 * the first chunk of a gradient and a part of a second one.
 */
public final class TrajectoryModel implements Architecture {
    static final Shape INPUT = new Shape(8, 8, 3);
    static final int CLASSES = 4;

    private static final int HIDDEN = 520;

    private static final Shape STEM = new Shape(8, 8, 6);
    private static final Shape POOLED = new Shape(4, 4, 6);
    private static final Shape WIDE = new Shape(4, 4, 8);
    private static final Shape AVERAGED = new Shape(2, 2, 8);

    /** Makes the twin of a normalization layer: of a batch, or of running statistics. */
    interface Norms {
        Twin of(String name, int channels);
    }

    @Override
    public void define(Net net) {
        net.conv2d("conv1", 6, 3, 1, 1).batchNorm("bn1").relu().maxPool(2);
        net.residual("same", main -> main.conv2d("conv1", 6, 3, 1, 1)
                .batchNorm("bn1")
                .relu()
                .conv2d("conv2", 6, 3, 1, 1)
                .batchNorm("bn2"));
        net.residual("wider", main -> main.conv2d("conv1", 8, 3, 1, 1).batchNorm("bn1"), shortcut -> shortcut.conv2d(
                        "downsample.0", 8, 1, 1, 0)
                .batchNorm("downsample.1"));
        net.averagePool(2, 2).flatten().dense("hidden", HIDDEN).relu().dense("fc", net.classes());
    }

    static Twin twin(Parameters p, Norms norms) {
        return Float64Layers.sequence(
                Float64Layers.convolution(p, "conv1", INPUT, 6, 3, 1, 1),
                norms.of("bn1", 6),
                Float64Layers.relu(),
                Float64Layers.maxPool(STEM, 2, 2, 0),
                Float64Layers.residual(
                        Float64Layers.sequence(
                                Float64Layers.convolution(p, "same.conv1", POOLED, 6, 3, 1, 1),
                                norms.of("same.bn1", 6),
                                Float64Layers.relu(),
                                Float64Layers.convolution(p, "same.conv2", POOLED, 6, 3, 1, 1),
                                norms.of("same.bn2", 6)),
                        Float64Layers.sequence()),
                Float64Layers.residual(
                        Float64Layers.sequence(
                                Float64Layers.convolution(p, "wider.conv1", POOLED, 8, 3, 1, 1),
                                norms.of("wider.bn1", 8)),
                        Float64Layers.sequence(
                                Float64Layers.convolution(p, "wider.downsample.0", POOLED, 8, 1, 1, 0),
                                norms.of("wider.downsample.1", 8))),
                Float64Layers.averagePool(WIDE, 2, 2, 2),
                Float64Layers.flatten(AVERAGED),
                Float64Layers.dense(p, "hidden", AVERAGED.size(), HIDDEN),
                Float64Layers.relu(),
                Float64Layers.dense(p, "fc", HIDDEN, CLASSES));
    }
}
