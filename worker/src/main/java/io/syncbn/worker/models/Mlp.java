package io.syncbn.worker.models;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/** Two normalized hidden layers of 128: the smallest model that shows what synchronized statistics do. */
final class Mlp implements Architecture {
    private static final int HIDDEN = 128;

    @Override
    public void define(Net net) {
        net.flatten();
        net.dense("fc1", HIDDEN).norm("bn1").relu();
        net.dense("fc2", HIDDEN).norm("bn2").relu();
        net.dropout().dense("fc3", net.classes());
    }
}
