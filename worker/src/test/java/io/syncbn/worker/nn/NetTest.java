package io.syncbn.worker.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Defining models: shapes, names, first values, and what is said about mistakes. */
class NetTest {
    private static final Shape PICTURE = new Shape(8, 6, 3);

    @Test
    void shapesFollowTheLayers() {
        define(net -> {
            assertThat(net.conv2d("a", 5, 3, 2, 1).shape()).isEqualTo(new Shape(4, 3, 5));
            assertThat(net.maxPool(2).shape()).isEqualTo(new Shape(2, 1, 5));
            assertThat(net.flatten().shape()).isEqualTo(Shape.flat(10));
            assertThat(net.dense("fc", net.classes()).shape()).isEqualTo(Shape.flat(4));
        });
    }

    @Test
    void mistakesAreNamed() {
        assertMistake(net -> net.conv2d("stem", 5, 9, 1, 0), "stem", "9x9", "8x6x3", "padding 0");
        assertMistake(net -> net.dense("fc", 4), "fc", "8x6x3", "flatten()");
        assertMistake(net -> net.conv2d("a", 5, 3, 1, 1).conv2d("a", 5, 3, 1, 1), "two layers", "named a");
        assertMistake(net -> net.flatten().dense("fc", 7), "1x1x7", "4 classes");
        assertMistake(net -> net.conv2d("a", 5, 3, 0, 1), "a", "stride", "0");
        assertMistake(net -> net.conv2d("a", 0, 3, 1, 1), "a", "channels", "0");
        assertMistake(net -> net.conv2d("a", 2, 3, 1, -1), "a", "padding", "-1");
        assertMistake(net -> net.maxPool(9), "max pooling", "9x9", "8x6x3");
        assertMistake(net -> net.maxPool(2, 2, 2), "padding 2", "window of 2");
        assertMistake(net -> net.dropout(1), "dropout", "1.0");
        assertMistake(
                net -> net.residual("block", main -> main.conv2d("a", 3, 3, 1, 1)),
                "block",
                "must end with norm or batchNorm");
        assertMistake(
                net -> net.residual(
                        "block", main -> main.conv2d("a", 5, 3, 2, 1).batchNorm("b")),
                "block",
                "4x3x5",
                "8x6x3");
    }

    /** Each with the parameters of the first, under the same names. */
    private static final List<Architecture> VERSIONS = List.of(
            versionOf(net -> net.conv2d("a", 3, 3, 2, 1).batchNorm("n").relu().conv2d("b", 3, 3, 1, 1)),
            versionOf(net -> net.conv2d("a", 3, 3, 2, 1).batchNorm("n").conv2d("b", 3, 3, 1, 1)),
            versionOf(net -> net.conv2d("a", 3, 3, 2, 1)
                    .batchNorm("n")
                    .conv2d("b", 3, 3, 1, 1)
                    .relu()),
            versionOf(net -> net.conv2d("a", 3, 3, 1, 1).batchNorm("n").relu().conv2d("b", 3, 3, 2, 1)),
            versionOf(net -> net.conv2d("a", 3, 3, 2, 0).batchNorm("n").relu().conv2d("b", 3, 3, 1, 1)),
            versionOf(net ->
                    net.conv2d("a", 3, 3, 2, 1).batchNorm("n").relu().dropout().conv2d("b", 3, 3, 1, 1)),
            versionOf(net -> net.conv2d("a", 3, 3, 2, 1)
                    .batchNorm("n")
                    .relu()
                    .dropout(0.5)
                    .conv2d("b", 3, 3, 1, 1)),
            versionOf(net ->
                    net.conv2d("a", 3, 3, 2, 1).batchNorm("n").relu().maxPool(2).conv2d("b", 3, 3, 1, 1)),
            versionOf(net -> net.conv2d("a", 3, 3, 2, 1)
                    .batchNorm("n")
                    .relu()
                    .maxPool(2, 1, 0)
                    .conv2d("b", 3, 3, 1, 1)),
            versionOf(net -> net.conv2d("a", 3, 3, 2, 1)
                    .batchNorm("n")
                    .relu()
                    .averagePool(2, 2)
                    .conv2d("b", 3, 3, 1, 1)),
            versionOf(net -> net.residual(
                    "", main -> main.conv2d("a", 3, 3, 1, 1).batchNorm("n"), side -> side.conv2d("b", 3, 3, 1, 1))));

    private static Architecture versionOf(Architecture features) {
        return net -> {
            features.define(net);
            net.globalAveragePool().dense("fc", net.classes());
        };
    }

    @Test
    void whatIsComputedShowsInTheDescriptionThoughParametersAreEqual() {
        List<Description> all = VERSIONS.stream()
                .map(version -> ModelDefinition.of(version, PICTURE, 4, Normalizers.of(Normalization.DEFAULT), 0.25)
                        .description())
                .toList();
        assertThat(all).extracting(Description::digest).doesNotHaveDuplicates();
        Description again = ModelDefinition.of(VERSIONS.get(0), PICTURE, 4, Normalizers.of(Normalization.DEFAULT), 0.25)
                .description();
        assertThat(again.digest()).isEqualTo(all.get(0).digest());
        assertThat(again.difference(all.get(0))).isEmpty();
        assertThat(all.get(0).difference(all.get(1)))
                .contains("line 3 of its layers is \"conv2d b: 3 to 3 channels, kernel 3, stride 1, padding 1\" there,"
                        + " \"relu\" here");
    }

    @Test
    void aReluIsFusedIntoTheLayerBeforeItOnly() {
        Architecture model = net -> net.batchNorm("bn")
                .add("far", scope -> {
                    scope.describe("far", "");
                    return memory -> new Far();
                })
                .relu()
                .globalAveragePool()
                .dense("fc", net.classes());
        ModelDefinition definition = define(model);
        List<Float> least = new ArrayList<>();
        Pass pass = Pass.evaluation((layer, output) -> least.add(smallest(output)));
        try (ShardModel shard = definition.newShardModel(definition.newReplica(1), 1, Kernels.PORTABLE)) {
            Tensor x = Tensor.zeros(1, PICTURE);
            Arrays.fill(x.values(), -1);
            shard.forward(x, pass);
        }
        assertThat(least.get(0)).as("behind the normalization").isNegative();
        assertThat(least.get(1)).as("behind the layer").isNegative();
        assertThat(least.get(2)).as("behind the ReLU").isZero();
    }

    /** Leaves everything as it is. */
    private static final class Far implements Layer {
        @Override
        public Tensor forward(Tensor x, Pass pass) {
            return x;
        }

        @Override
        public Tensor backward(Tensor dy, Pass pass) {
            return dy;
        }
    }

    private static float smallest(Tensor output) {
        float smallest = Float.POSITIVE_INFINITY;
        for (int i = 0; i < output.size(); i++) {
            smallest = Math.min(smallest, output.values()[i]);
        }
        return smallest;
    }

    @Test
    void aLayerMustSayWhatItComputes() {
        assertMistake(
                net -> net.residual("block", main -> main.add("silent", scope -> memory -> new Far())),
                "block.silent",
                "does not describe");
    }

    @Test
    void aNormalizationMustKeepTheShape() {
        assertMistake(
                net -> net.norm("bn", scope -> {
                    scope.describe("wide", "");
                    scope.output(Shape.flat(7));
                    return null;
                }),
                "bn: a normalization gives 1x1x7 for 8x6x3");
    }

    @Test
    void normalizationShowsInTheDescription() {
        Architecture model =
                net -> net.conv2d("a", 3, 3, 2, 1).norm("n").flatten().dense("fc", net.classes());
        List<String> digests = new ArrayList<>();
        for (Normalization each : List.of(
                Normalization.DEFAULT,
                normalization(Map.of("norm-epsilon", "1e-3")),
                normalization(Map.of("norm-affine", "false")),
                normalization(Map.of("norm-track-running", "false")),
                normalization(Map.of("norm-group", "ghost:1")),
                normalization(Map.of("norm", "renorm")),
                normalization(Map.of("norm", "renorm:2:5")),
                normalization(Map.of("norm", "frozen")),
                normalization(Map.of("norm", "group:3")),
                normalization(Map.of("norm", "batch-group:1:3")),
                normalization(Map.of("norm", "batch-group:2:3")),
                normalization(Map.of("norm", "batch-group:all:3")),
                normalization(Map.of("norm", "layer")),
                normalization(Map.of("norm", "instance")),
                normalization(Map.of("norm", "weight-norm")),
                normalization(Map.of("norm", "rms")),
                normalization(Map.of("norm", "frn")),
                normalization(Map.of("norm", "evonorm-s0:3")),
                normalization(Map.of("weight-standardization", "true")),
                normalization(Map.of("norm", "none")))) {
            digests.add(ModelDefinition.of(model, PICTURE, 4, Normalizers.of(each), 0)
                    .description()
                    .digest());
        }
        assertThat(digests).doesNotHaveDuplicates();
    }

    /** A checkpoint may be evaluated on larger pictures; workers of one job have pictures of one size. */
    @Test
    void theSizeOfPicturesShowsInTheDigestAlone() {
        Description small = ModelDefinition.of(VERSIONS.get(0), PICTURE, 4, Normalizers.of(Normalization.DEFAULT), 0)
                .description();
        Description large = ModelDefinition.of(
                        VERSIONS.get(0), new Shape(16, 16, 3), 4, Normalizers.of(Normalization.DEFAULT), 0)
                .description();
        assertThat(small.difference(large)).isEmpty();
        assertThat(small.digest()).isNotEqualTo(large.digest());
    }

    @Test
    void withoutAffineAndTrackingNothingIsRegistered() {
        Normalization bare = normalization(Map.of("norm-affine", "false", "norm-track-running", "false"));
        ModelDefinition definition = ModelDefinition.of(
                net -> net.batchNorm("bn").flatten().dense("fc", net.classes()), PICTURE, 4, Normalizers.of(bare), 0);
        assertThat(definition.parameters().entries())
                .extracting(ParameterLayout.Entry::name)
                .containsExactly("fc.weight", "fc.bias");
        assertThat(definition.statistics().entries()).isEmpty();
        assertThat(definition.normalizationLayers()).containsExactly("bn");
    }

    @Test
    void firstValuesAreThoseOfPyTorch() {
        ModelDefinition definition = define(net -> net.conv2d("conv", 200, 3, 1, 1)
                .batchNorm("bn")
                .globalAveragePool()
                .dense("fc", net.classes()));
        Replica replica = definition.newReplica(3);
        float[] conv = value(replica, "conv.weight");
        double square = 0;
        for (float w : conv) {
            square += (double) w * w / conv.length;
        }
        assertThat(square).as("variance 2/(9·200)").isCloseTo(2.0 / 1800, within(0.1 * 2 / 1800));
        assertThat(value(replica, "bn.weight")).containsOnly(1);
        assertThat(value(replica, "bn.bias")).containsOnly(0);
        for (float w : value(replica, "fc.weight")) {
            assertThat(Math.abs(w)).isLessThanOrEqualTo((float) (1 / Math.sqrt(200)));
        }
        assertThat(Arrays.copyOf(replica.runningStatistics(), 200)).containsOnly(0);
        assertThat(Arrays.copyOfRange(replica.runningStatistics(), 200, 400)).containsOnly(1);
        assertThat(definition.newReplica(3).weights()).isEqualTo(replica.weights());
        assertThat(definition.newReplica(4).weights()).isNotEqualTo(replica.weights());
    }

    @Test
    void dropoutIsAFunctionOfStepShardAndPlace() {
        Architecture model = net -> net.dropout().flatten().dense("fc", net.classes());
        ModelDefinition definition = ModelDefinition.of(model, PICTURE, 4, Normalizers.of(Normalization.DEFAULT), 0.25);
        Replica replica = definition.newReplica(1);
        Tensor x = Tensor.zeros(3, PICTURE);
        Arrays.fill(x.values(), 1);
        float[] expected = logits(definition, replica, x, pass(true, 2, 1));
        assertThat(logits(definition, replica, x, pass(true, 2, 1))).isEqualTo(expected);
        assertThat(logits(definition, replica, x, pass(true, 3, 1))).isNotEqualTo(expected);
        assertThat(logits(definition, replica, x, pass(true, 2, 0))).isNotEqualTo(expected);
        float[] evaluated = logits(definition, replica, x, Pass.evaluation());
        assertThat(Arrays.copyOfRange(evaluated, 4, 8)).isEqualTo(Arrays.copyOf(evaluated, 4));
    }

    @Test
    void dropoutKeepsTheMean() {
        Dropout layer = new Dropout(Shape.flat(100_000), 0.25, 0, TestMemory.withoutWeights());
        Tensor x = Tensor.zeros(1, Shape.flat(100_000));
        Arrays.fill(x.values(), 1);
        float[] y = layer.forward(x, pass(true, 1, 0)).values();
        double sum = 0;
        for (float v : y) {
            assertThat(v == 0 || v == (float) (1 / 0.75)).isTrue();
            sum += v;
        }
        assertThat(sum / y.length).isCloseTo(1, within(0.01));
    }

    @Test
    void aWrongBatchIsRefused() {
        ModelDefinition definition = define(net -> net.flatten().dense("fc", net.classes()));
        try (ShardModel model = definition.newShardModel(definition.newReplica(1), 2, Kernels.PORTABLE)) {
            assertThatThrownBy(() -> model.forward(Tensor.zeros(3, PICTURE), Pass.evaluation()))
                    .hasMessageContaining("3 examples of 8x6x3")
                    .hasMessageContaining("at most 2");
        }
    }

    @Test
    void theSumsOfAShortcutAreUnderWayTogetherWithThoseOfTheMainBranch() {
        ModelDefinition definition = define(net -> net.conv2d("stem", 4, 1, 1, 0)
                .residual(
                        "block",
                        main -> main.conv2d("conv1", 8, 3, 2, 1)
                                .batchNorm("bn1")
                                .conv2d("conv2", 8, 3, 1, 1)
                                .batchNorm("bn2"),
                        shortcut -> shortcut.conv2d("conv", 8, 1, 2, 0).batchNorm("bn"))
                .globalAveragePool()
                .dense("fc", net.classes()));
        List<String> names = definition.normalizationLayers();
        List<String> heard = new ArrayList<>();
        MomentsReducer moments = (direction, layer, part) -> {
            String name = direction == MomentsReducer.Direction.FORWARD
                    ? names.get(layer)
                    : names.get(layer).toUpperCase(Locale.ROOT);
            heard.add(name);
            return () -> {
                heard.add("=" + name);
                return part;
            };
        };
        Pass pass =
                new Pass(true, new Pass.BatchId(1, 1, 0, 0), moments, offset -> heard.add(Integer.toString(offset)));
        try (ShardModel model = definition.newShardModel(definition.newReplica(1), 1, Kernels.PORTABLE)) {
            Tensor logits = model.forward(Tensor.zeros(1, PICTURE), pass);
            assertThat(heard)
                    .containsExactly("block.bn", "block.bn1", "=block.bn1", "block.bn2", "=block.bn", "=block.bn2");
            heard.clear();
            model.backward(Tensor.zeros(1, logits.shape()), pass);
        }
        assertThat(heard.stream().filter(each -> each.contains("BLOCK")))
                .containsExactly("BLOCK.BN", "BLOCK.BN2", "=BLOCK.BN", "=BLOCK.BN2", "BLOCK.BN1", "=BLOCK.BN1");
        List<Integer> offsets = heard.stream()
                .filter(each -> !each.contains("BLOCK"))
                .map(Integer::valueOf)
                .toList();
        assertThat(offsets).isSortedAccordingTo(Comparator.reverseOrder()).endsWith(0);
    }

    private static float[] logits(ModelDefinition definition, Replica replica, Tensor x, Pass pass) {
        try (ShardModel model = definition.newShardModel(replica, x.examples(), Kernels.PORTABLE)) {
            Tensor y = model.forward(x, pass);
            return Arrays.copyOf(y.values(), y.size());
        }
    }

    private static Pass pass(boolean training, long step, int shard) {
        return new Pass(training, new Pass.BatchId(1, step, shard, 0), MomentsReducer.LOCAL, offset -> {});
    }

    private static ModelDefinition define(Architecture architecture) {
        return ModelDefinition.of(architecture, PICTURE, 4, Normalizers.of(Normalization.DEFAULT), 0);
    }

    private static Normalization normalization(Map<String, String> settings) {
        return JobParser.parse(settings, 1).model().normalization();
    }

    private static void assertMistake(Architecture architecture, String... words) {
        assertThatThrownBy(() -> define(architecture))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(words);
    }

    private static float[] value(Replica replica, String name) {
        ParameterLayout.Entry entry = replica.parameters().entries().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return entry.read(replica.weights());
    }
}
