package io.syncbn.worker.models;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/**
 * VGG-11 (Simonyan &amp; Zisserman 2015, A) with batch normalization. Features are named and shaped as torchvision's
 * vgg11_bn; the classifier is the one dense layer behind global average pooling that is usual for small pictures, instead
 * of torchvision's three for 224 × 224. Needs pictures of at least 32 × 32.
 */
final class Vgg11 implements Architecture {
    private static final int POOL = 0;
    private static final int[] CHANNELS = {
        64, POOL, 128, POOL, 256, 256, POOL, 512, 512, POOL, 512, 512, POOL,
    };

    @Override
    public void define(Net net) {
        int index = 0;
        for (int channels : CHANNELS) {
            if (channels == POOL) {
                net.maxPool(2);
                index += 1;
            } else {
                net.conv2dWithBias("features." + index, channels, 3, 1, 1)
                        .norm("features." + (index + 1))
                        .relu();
                index += 3;
            }
        }
        net.globalAveragePool().dropout().dense("classifier", net.classes());
    }
}
