package io.syncbn.deploy.system;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/** A user's model, named by its class: all that a residual network is made of, in its smallest size. */
public final class SmallResNet implements Architecture {

    @Override
    public void define(Net net) {
        defineFeatures(net);
        net.dropout().dense("fc", net.classes());
    }

    /** All below the classifier, for models with another one. */
    static void defineFeatures(Net net) {
        net.conv2d("conv1", 8, 3, 2, 1).norm("bn1").relu();
        net.residual("block", main -> main.conv2d("conv1", 8, 3, 1, 1)
                .norm("bn1")
                .relu()
                .conv2d("conv2", 8, 3, 1, 1)
                .norm("bn2"));
        net.globalAveragePool();
    }
}
