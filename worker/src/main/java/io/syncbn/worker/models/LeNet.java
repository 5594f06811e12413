package io.syncbn.worker.models;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/** LeNet-5 (LeCun et al. 1998) as it is written today: ReLU, max pooling, batch normalization. */
final class LeNet implements Architecture {

    @Override
    public void define(Net net) {
        net.conv2d("conv1", 6, 5, 1, 2).norm("bn1").relu().maxPool(2);
        net.conv2d("conv2", 16, 5, 1, 0).norm("bn2").relu().maxPool(2);
        net.flatten();
        net.dense("fc1", 120).norm("bn3").relu();
        net.dense("fc2", 84).norm("bn4").relu();
        net.dropout().dense("fc3", net.classes());
    }
}
