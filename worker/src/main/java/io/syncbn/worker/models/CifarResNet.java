package io.syncbn.worker.models;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.norm.Scalar;

/**
 * ResNet for pictures of 32 × 32 (He et al. 2016, §4.2): three stages of 16, 32 and 64 channels, with (depth − 2)/6 blocks
 * each and projection shortcuts.
 */
final class CifarResNet implements Architecture {
    private final int blocks;

    /** @param depth 6n + 2 */
    CifarResNet(int depth) {
        this.blocks = (depth - 2) / 6;
    }

    @Override
    public void define(Net net) {
        if (net.hasFixup()) {
            defineWithFixup(net);
            return;
        }
        net.conv2d("conv1", 16, 3, 1, 1).norm("bn1").relu();
        for (int stage = 1; stage <= 3; stage++) {
            for (int block = 0; block < blocks; block++) {
                int stride = stage > 1 && block == 0 ? 2 : 1;
                BasicBlock.add(net, "layer" + stage + "." + block, 8 << stage, stride);
            }
        }
        net.globalAveragePool().dropout().dense("fc", net.classes());
    }

    private void defineWithFixup(Net net) {
        net.conv2d("conv1", 16, 3, 1, 1).norm("bias1", Scalar.bias()).relu();
        for (int stage = 1; stage <= 3; stage++) {
            for (int block = 0; block < blocks; block++) {
                int stride = stage > 1 && block == 0 ? 2 : 1;
                FixupBlock.add(net, "layer" + stage + "." + block, 8 << stage, stride, 3 * blocks);
            }
        }
        net.globalAveragePool().norm("bias2", Scalar.bias()).dropout();
        net.dense("fc", net.classes(), Initializer.constant(0));
    }
}
