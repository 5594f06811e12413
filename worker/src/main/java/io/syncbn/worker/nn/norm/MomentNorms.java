package io.syncbn.worker.nn.norm;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.Shape;
import java.util.List;

/** The normalizers that are a {@link MomentNorm}: they differ in what shares a mean and a variance. */
final class MomentNorms {
    private static final String WHOLE_NUMBER = "[1-9][0-9]{0,8}";

    private MomentNorms() {}

    /** Batch normalization (Ioffe &amp; Szegedy 2015): a channel of all examples of a group. */
    static Normalizer batch(List<String> arguments, Normalization settings) {
        return scope ->
                overExamples(scope, settings, "batchNorm", settings.running().frozenFrom());
    }

    /** Batch normalization by the running statistics that the first state has, which stay. */
    static Normalizer frozen(List<String> arguments, Normalization settings) {
        requireTracked(settings);
        return new Normalizer() {
            @Override
            public NormFactory define(LayerScope scope) {
                return overExamples(scope, settings, "frozenBatchNorm", 1);
            }

            @Override
            public boolean needsStatistics() {
                return true;
            }
        };
    }

    /** Batch renormalization (Ioffe 2017). */
    static Normalizer renorm(List<String> arguments, Normalization settings) {
        requireTracked(settings);
        Renormalization.Limits limits = Renormalization.Limits.of(arguments);
        return scope -> overExamples(
                        scope,
                        settings,
                        "batchRenorm, " + limits,
                        settings.running().frozenFrom())
                .with(limits);
    }

    /** Batch/group normalization (Summers &amp; Dinneen 2020, §3.4): some channels of several examples. */
    static Normalizer batchGroup(List<String> arguments, Normalization settings) {
        int channelGroups = groups(arguments.get(1));
        String examples = arguments.get(0);
        if (examples.equals("all")) {
            return scope -> {
                requireDivisible(scope, channelGroups);
                int layer = scope.reducedLayer();
                return batchGroup(scope, settings, NormGroups.overShards(scope.input(), channelGroups, layer), "all");
            };
        }
        if (!examples.matches(WHOLE_NUMBER)) {
            throw new IllegalArgumentException("the number of examples must be a whole number from 1, or all");
        }
        int ghost = Integer.parseInt(examples);
        return scope -> {
            requireDivisible(scope, channelGroups);
            NormGroups groups = NormGroups.ofShard(scope.input(), ghost, channelGroups);
            requireSeveral(scope, groups);
            return batchGroup(scope, settings, groups, examples);
        };
    }

    /** Group normalization (Wu &amp; He 2018): some channels of one example. */
    static Normalizer group(List<String> arguments, Normalization settings) {
        int channelGroups = groups(arguments.get(0));
        return scope -> {
            requireDivisible(scope, channelGroups);
            return ofOneExample(
                    scope,
                    settings,
                    channelGroups,
                    "groupNorm",
                    scope.input().channels() + " channels in " + channelGroups + " groups");
        };
    }

    /** Layer normalization (Ba et al. 2016): all channels of one example; scale and shift by channel. */
    static Normalizer layer(List<String> arguments, Normalization settings) {
        return scope -> ofOneExample(scope, settings, 1, "layerNorm", channels(scope));
    }

    /** Instance normalization (Ulyanov et al. 2016): one channel of one example. */
    static Normalizer instance(List<String> arguments, Normalization settings) {
        return scope -> ofOneExample(scope, settings, scope.input().channels(), "instanceNorm", channels(scope));
    }

    private static MomentNorm.Factory overExamples(
            LayerScope scope, Normalization settings, String kind, long frozenFrom) {
        int ghost = settings.groups().examples();
        int channels = scope.input().channels();
        Affine affine = Affine.register(scope, settings.affine());
        TrackedStatistics running = running(scope, settings, frozenFrom);
        describe(scope, settings, kind, channels(scope) + (ghost == 0 ? "" : ", ghost batches of " + ghost), true);
        NormGroups groups = ghost == 0
                ? NormGroups.overShards(scope.input(), channels, scope.reducedLayer())
                : NormGroups.ofShard(scope.input(), ghost, channels);
        requireSeveral(scope, groups);
        return MomentNorm.Factory.of(groups, settings.epsilon(), affine, running);
    }

    private static MomentNorm.Factory batchGroup(
            LayerScope scope, Normalization settings, NormGroups groups, String examples) {
        Affine affine = Affine.register(scope, settings.affine());
        TrackedStatistics running = running(scope, settings, settings.running().frozenFrom());
        describe(
                scope,
                settings,
                "batchGroupNorm",
                channels(scope) + " in " + groups.channelGroups() + " groups, " + examples + " examples",
                true);
        return MomentNorm.Factory.of(groups, settings.epsilon(), affine, running);
    }

    private static MomentNorm.Factory ofOneExample(
            LayerScope scope, Normalization settings, int channelGroups, String kind, String form) {
        NormGroups groups = NormGroups.ofShard(scope.input(), 1, channelGroups);
        requireSeveral(scope, groups);
        Affine affine = Affine.register(scope, settings.affine());
        describe(scope, settings, kind, form, false);
        return MomentNorm.Factory.of(groups, settings.epsilon(), affine, TrackedStatistics.NONE);
    }

    private static TrackedStatistics running(LayerScope scope, Normalization settings, long frozenFrom) {
        Normalization.Running running = settings.running();
        return running.tracked()
                ? TrackedStatistics.register(scope, running.unbiased(), frozenFrom)
                : TrackedStatistics.NONE;
    }

    private static void describe(LayerScope scope, Normalization settings, String kind, String form, boolean mayTrack) {
        scope.describe(
                kind,
                form + ", epsilon " + settings.epsilon() + (settings.affine() ? "" : ", without scale and shift")
                        + (!mayTrack || settings.running().tracked() ? "" : ", without running statistics"));
    }

    private static String channels(LayerScope scope) {
        return scope.input().channels() + " channels";
    }

    static int groups(String text) {
        if (!text.matches(WHOLE_NUMBER)) {
            throw new IllegalArgumentException("the number of groups must be a whole number from 1");
        }
        return Integer.parseInt(text);
    }

    private static void requireTracked(Normalization settings) {
        if (!settings.running().tracked()) {
            throw new IllegalArgumentException("it needs running statistics; --norm-track-running is false");
        }
    }

    static void requireDivisible(LayerScope scope, int channelGroups) {
        int channels = scope.input().channels();
        if (channels % channelGroups != 0) {
            throw new ModelException(scope.name() + ": " + channels + " channels cannot be divided into "
                    + channelGroups + " groups of equal size");
        }
    }

    /** Groups over shards depend on the data: the job's start checks them. */
    static void requireSeveral(LayerScope scope, NormGroups groups) {
        Shape shape = groups.shape();
        if (!groups.isOverShards() && shape.pixels() * groups.channelsPerGroup() * groups.examples() == 1) {
            throw new ModelException(scope.name() + ": each of " + groups.channelGroups()
                    + " groups has one number of an example of " + shape
                    + ", which less its mean is 0: nothing could be learned");
        }
    }
}
