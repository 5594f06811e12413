package io.syncbn.worker.models;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/**
 * ResNet for pictures of 224 × 224 (He et al. 2016, table 1) as in torchvision: four stages of 64, 128, 256 and 512
 * channels. Smaller pictures go through the same layers; below 64 × 64 the last stage is left with a single pixel.
 */
final class ImageNetResNet implements Architecture {
    private final Block block;
    private final int[] blocks;

    /** What stages consist of. */
    @FunctionalInterface
    interface Block {
        /**
         * Adds a block.
         *
         * @param channels the stage's
         * @param stride of the block: by how much it makes height and width smaller
         */
        void add(Net net, String name, int channels, int stride);
    }

    /** @param blocks in each stage */
    ImageNetResNet(Block block, int... blocks) {
        this.block = block;
        this.blocks = blocks;
    }

    @Override
    public void define(Net net) {
        net.conv2d("conv1", 64, 7, 2, 3).norm("bn1").relu().maxPool(3, 2, 1);
        for (int stage = 1; stage <= blocks.length; stage++) {
            for (int i = 0; i < blocks[stage - 1]; i++) {
                int stride = stage > 1 && i == 0 ? 2 : 1;
                block.add(net, "layer" + stage + "." + i, 32 << stage, stride);
            }
        }
        net.globalAveragePool().dropout().dense("fc", net.classes());
    }
}
