package io.syncbn.worker.models;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/**
 * ResNet-18 (He et al. 2016) as in torchvision, made for pictures of 224 × 224. Smaller ones go through the same
 * layers; below 64 × 64 the last stage is left with a single pixel.
 */
final class ResNet18 implements Architecture {

    @Override
    public void define(Net net) {
        net.conv2d("conv1", 64, 7, 2, 3).norm("bn1").relu().maxPool(3, 2, 1);
        for (int stage = 1; stage <= 4; stage++) {
            int channels = 32 << stage;
            BasicBlock.add(net, "layer" + stage + ".0", channels, stage > 1 ? 2 : 1);
            BasicBlock.add(net, "layer" + stage + ".1", channels, 1);
        }
        net.globalAveragePool().dropout().dense("fc", net.classes());
    }
}
