package io.syncbn.worker.models;

import io.syncbn.worker.nn.Net;

/**
 * A 3 × 3 convolution between two of 1 × 1, around a shortcut, which is a 1 × 1 convolution where the shape changes (He et
 * al. 2016, §4.1). As in torchvision, the stride is that of the 3 × 3 convolution; in the paper it is that of the first
 * one, which so skips three quarters of its input's pixels.
 */
final class Bottleneck {
    /** How many times as many channels come out as there are between the convolutions. */
    private static final int EXPANSION = 4;

    private Bottleneck() {}

    /** @param channels between the convolutions */
    static void add(Net net, String name, int channels, int stride) {
        int expanded = EXPANSION * channels;
        boolean sameShape = stride == 1 && net.shape().channels() == expanded;
        net.residual(
                name,
                main -> main.conv2d("conv1", channels, 1, 1, 0)
                        .norm("bn1")
                        .relu()
                        .conv2d("conv2", channels, 3, stride, 1)
                        .norm("bn2")
                        .relu()
                        .conv2d("conv3", expanded, 1, 1, 0)
                        .norm("bn3"),
                shortcut -> {
                    if (!sameShape) {
                        shortcut.conv2d("downsample.0", expanded, 1, stride, 0).norm("downsample.1");
                    }
                });
    }
}
