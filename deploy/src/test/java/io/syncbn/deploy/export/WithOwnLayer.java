package io.syncbn.deploy.export;

import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Layer;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Tensor;

/** A model with a layer that does not say what it computes. */
public final class WithOwnLayer implements Architecture {

    /** Gives what it gets. */
    static final class Same implements Layer {
        @Override
        public Tensor forward(Tensor x, Pass pass) {
            return x;
        }

        @Override
        public Tensor backward(Tensor dy, Pass pass) {
            return dy;
        }
    }

    @Override
    public void define(Net net) {
        net.conv2d("conv1", 6, 3, 2, 1).norm("bn1").relu();
        net.add("same", scope -> {
            scope.describe("same", "nothing");
            return memory -> new Same();
        });
        net.globalAveragePool().dense("fc", net.classes());
    }
}
