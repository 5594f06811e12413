package io.syncbn.deploy.system;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;

/** Twelve megabytes of parameters: the 3,072 numbers of a picture, times 1,024. */
public final class WideMlp implements Architecture {
    @Override
    public void define(Net net) {
        net.flatten();
        net.dense("wide", 1024).batchNorm("bn").relu();
        net.dense("fc", net.classes());
    }
}
