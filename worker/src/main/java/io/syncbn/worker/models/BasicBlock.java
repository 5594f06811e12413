package io.syncbn.worker.models;

import io.syncbn.worker.nn.Net;

/** Two 3 × 3 convolutions around a shortcut, which is a 1 × 1 convolution where the shape changes (He et al. 2016). */
final class BasicBlock {
    private BasicBlock() {}

    static void add(Net net, String name, int channels, int stride) {
        boolean sameShape = stride == 1 && net.shape().channels() == channels;
        net.residual(
                name,
                main -> main.conv2d("conv1", channels, 3, stride, 1)
                        .norm("bn1")
                        .relu()
                        .conv2d("conv2", channels, 3, 1, 1)
                        .norm("bn2"),
                shortcut -> {
                    if (!sameShape) {
                        shortcut.conv2d("downsample.0", channels, 1, stride, 0).norm("downsample.1");
                    }
                });
    }
}
