package io.syncbn.worker.models;

import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.norm.Scalar;

/**
 * Two 3 × 3 convolutions around a shortcut, without normalization (Fixup: Zhang et al. 2019, figure 1, right): scalar biases
 * before each layer, a scalar scale at the end, and a last convolution of zeros, so that the block begins as its
 * shortcut. Where the shape changes, that takes each second pixel and appends channels of zeros. Parameters have the
 * names of the authors' code.
 */
final class FixupBlock {
    private FixupBlock() {}

    /** @param blocks in the whole network: the more, the smaller the first weights */
    static void add(Net net, String name, int channels, int stride, int blocks) {
        boolean sameShape = stride == 1 && net.shape().channels() == channels;
        Scalar bias = Scalar.bias();
        net.residual(
                name,
                main -> main.norm("bias1a", bias)
                        .conv2d(
                                "conv1",
                                channels,
                                3,
                                stride,
                                1,
                                Initializer.heNormal(3, channels).times(1 / Math.sqrt(blocks)))
                        .norm("bias1b", Scalar.bias())
                        .relu()
                        .norm("bias2a", Scalar.bias())
                        .conv2d("conv2", channels, 3, 1, 1, Initializer.constant(0))
                        .norm("scale", Scalar.scale())
                        .norm("bias2b", Scalar.bias()),
                shortcut -> {
                    if (!sameShape) {
                        shortcut.norm("shortcut.bias1a", bias)
                                .averagePool(1, stride)
                                .padChannels(channels);
                    }
                });
    }
}
