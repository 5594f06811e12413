package io.syncbn.deploy.export;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/** A block that begins with a normalization: what the convolution before it gives goes around the block, too. */
public final class PreActivation implements Architecture {
    @Override
    public void define(Net net) {
        net.conv2d("conv1", 6, 3, 1, 1);
        net.residual(
                "block",
                main -> main.norm("bn1").relu().conv2d("conv1", 6, 3, 1, 1).norm("bn2"));
        net.averagePool(3, 2).dropout(0.5).flatten().dense("fc", net.classes());
    }
}
