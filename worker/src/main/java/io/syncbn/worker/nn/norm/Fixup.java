package io.syncbn.worker.nn.norm;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import java.util.List;

/** Fixup (Zhang et al. 2019): the model is built without normalization layers, so that none is to be asked for. */
final class Fixup implements Normalizer {

    static Normalizer normalizer(List<String> arguments, Normalization settings) {
        return new Fixup();
    }

    @Override
    public NormFactory define(LayerScope scope) {
        throw new ModelException(scope.name() + ": the model asks for a normalization here; --norm fixup needs a model"
                + " that can be built without, such as resnet20");
    }

    @Override
    public boolean isFixup() {
        return true;
    }
}
