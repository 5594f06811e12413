package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.List;

/**
 * One learned number for all of a layer, in the place of a normalization. The parameter has the name of the layer that
 * it is first used in; used again in another layer, it is the same.
 */
public final class Scalar implements Normalizer {
    private static final int NOT_YET = -1;

    private final ScalarNorm.Kind kind;
    private int offset = NOT_YET;

    private Scalar(ScalarNorm.Kind kind) {
        this.kind = kind;
    }

    /** y = s·x, where s is 1 at first. */
    public static Scalar scale() {
        return new Scalar(ScalarNorm.Kind.SCALE);
    }

    /** y = x + b, where b is 0 at first. */
    public static Scalar bias() {
        return new Scalar(ScalarNorm.Kind.BIAS);
    }

    @Override
    public NormFactory define(LayerScope scope) {
        if (offset == NOT_YET) {
            float first = kind == ScalarNorm.Kind.SCALE ? 1 : 0;
            offset = scope.parameter(List.of(1), Role.SCALAR, Initializer.constant(first));
        }
        return ScalarNorm.Factory.define(scope, kind, offset);
    }
}
