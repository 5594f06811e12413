package io.syncbn.deploy.system;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/** Fifty megabytes of parameters, which are computed in no time: the 3,072 numbers of a picture, times 4,096. */
public final class WideMlp implements Architecture {
    @Override
    public void define(Net net) {
        net.flatten();
        net.dense("wide", 4096).batchNorm("bn").relu();
        net.dense("fc", net.classes());
    }
}
