package io.syncbn.worker.nn.norm;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import java.util.List;

/** The normalizers that divide by the root of the mean square of an example's numbers, without subtracting their mean. */
final class RootMeanSquareNorms {
    private RootMeanSquareNorms() {}

    /** Of all numbers of an example, with a scale and no shift (Zhang &amp; Sennrich 2019). */
    static Normalizer rms(List<String> arguments, Normalization settings) {
        return new Normalizer() {
            @Override
            public NormFactory define(LayerScope scope) {
                NormGroups groups = NormGroups.notCentered(scope.input(), 1);
                Affine affine = Affine.registerScale(scope, settings.affine());
                scope.describe("rmsNorm", form(scope, settings) + (settings.affine() ? "" : ", without scale"));
                return MomentNorm.Factory.of(groups, settings.epsilon(), affine, TrackedStatistics.NONE);
            }

            @Override
            public boolean shifts() {
                return false;
            }
        };
    }

    /**
     * Filter response normalization (Singh &amp; Krishnan 2020): of each channel of an example; a ReLU behind it becomes a
     * {@linkplain ThresholdedNorm thresholded linear unit}. Files have timm's names. The ε of the job is not learned.
     */
    static Normalizer filterResponse(List<String> arguments, Normalization settings) {
        return scope -> {
            if (scope.input().pixels() == 1) {
                throw new ModelException(scope.name() + ": each channel of an example of " + scope.input()
                        + " has one number, which by its own size is 1 or -1: nothing could be learned");
            }
            NormGroups groups =
                    NormGroups.notCentered(scope.input(), scope.input().channels());
            Affine affine = Affine.register(scope, settings.affine());
            scope.describe(
                    "filterResponseNorm",
                    form(scope, settings) + (settings.affine() ? "" : ", without scale and shift"));
            return new ThresholdedNorm.Pending(
                    MomentNorm.Factory.of(groups, settings.epsilon(), affine, TrackedStatistics.NONE), scope);
        };
    }

    private static String form(LayerScope scope, Normalization settings) {
        return scope.input().channels() + " channels, epsilon " + settings.epsilon();
    }
}
