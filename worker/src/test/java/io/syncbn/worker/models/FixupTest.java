package io.syncbn.worker.models;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.FileOrder;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.ShardedRun;
import io.syncbn.worker.nn.Slopes;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Residual networks without normalization, against a float64 twin. */
class FixupTest {
    private static final Shape PICTURE = new Shape(8, 8, 3);
    private static final int CLASSES = 4;
    private static final ModelDefinition MODEL = define(new CifarResNet(8));

    @Test
    void itIsItsDefinition() {
        Random random = new Random(5);
        Replica replica = MODEL.newReplica(1);
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] += (float) (0.1 * random.nextGaussian());
        }
        ShardedRun run = new ShardedRun(1, 2, 0, 3);
        double[] x = normal(random, run.totalExamples() * PICTURE.size());
        double[] dy = normal(random, run.totalExamples() * CLASSES);
        Parameters parameters = Parameters.of(replica);
        Twin twin = Float64Fixup.resnet8(parameters, PICTURE, CLASSES, Float64Layers::relu);
        double[] y = twin.forward(x);
        twin.backward(dy);
        double[] gradients = new double[replica.weights().length];
        for (int shard = 0; shard < run.shards(); shard++) {
            try (ShardModel model = MODEL.newShardModel(replica, run.maxExamples(), Kernels.PORTABLE)) {
                Pass pass = new Pass(true, new Pass.BatchId(1, 1, shard, 0), MomentsReducer.LOCAL, offset -> {});
                Tensor logits = model.forward(run.part(x, PICTURE, shard), pass);
                int first = run.firstExample(shard) * CLASSES;
                assertClose(
                        "logits",
                        Arrays.copyOf(logits.values(), logits.size()),
                        Arrays.copyOfRange(y, first, first + logits.size()),
                        1e-5);
                model.backward(run.part(dy, Shape.flat(CLASSES), shard), pass);
                float[] ordered = FileOrder.of(replica.parameters(), model.gradients());
                Arrays.setAll(gradients, i -> gradients[i] + ordered[i]);
            }
        }
        for (Entry entry : replica.parameters().entries()) {
            assertClose(
                    entry.name(),
                    Arrays.copyOfRange(gradients, entry.offset(), entry.offset() + entry.size()),
                    parameters.gradients.get(entry.name()),
                    1e-5);
        }
    }

    /** The oracle, a bias that is used twice among it. */
    @Test
    void gradientsOfTheDefinitionAreSlopes() {
        Random random = new Random(6);
        Parameters parameters = new Parameters();
        parameters.put("scale", normal(random, 1));
        parameters.put("bias", normal(random, 1));
        Twin twin = Float64Layers.sum(
                Float64Layers.sequence(
                        Float64Fixup.bias(parameters, "bias"),
                        Float64Fixup.pad(3, 5),
                        Float64Fixup.scale(parameters, "scale")),
                Float64Layers.sequence(Float64Fixup.bias(parameters, "bias"), Float64Fixup.pad(3, 5)));
        Slopes.assertGradients("fixup", twin, parameters, normal(random, 4 * 3), random);
    }

    @Test
    void everyBranchBeginsAsZeroAndTheHeadToo() {
        Replica replica = MODEL.newReplica(3);
        for (Entry entry : replica.parameters().entries()) {
            float[] first = entry.read(replica.weights());
            if (entry.name().endsWith("scale")) {
                assertThat(first).containsExactly(1);
            } else if (entry.name().contains("bias")
                    || entry.name().endsWith("conv2.weight")
                    || entry.name().startsWith("fc")) {
                assertThat(first).as(entry.name()).containsOnly(0);
            }
        }
        double squares = 0;
        Entry conv = entry("layer3.0.conv1.weight");
        for (float weight : conv.read(replica.weights())) {
            squares += weight * weight;
        }
        double expected = 2.0 / (9 * 64) / 3; // He's variance, over the number of blocks
        assertThat(squares / conv.size()).isCloseTo(expected, within(0.05 * expected));
    }

    /** The names of the authors' code, in the order of their definition. */
    @Test
    void parametersHaveTheirNames() {
        assertThat(MODEL.parameters().entries())
                .extracting(Entry::name)
                .startsWith("conv1.weight", "bias1", "layer1.0.bias1a", "layer1.0.conv1.weight", "layer1.0.bias1b")
                .contains("layer2.0.bias2a", "layer2.0.conv2.weight", "layer2.0.scale", "layer2.0.bias2b")
                .endsWith("layer3.0.bias2b", "bias2", "fc.weight", "fc.bias")
                .doesNotHaveDuplicates()
                .hasSize(2 + 3 * 7 + 3);
        assertThat(entry("layer1.0.scale").role()).isEqualTo(Role.SCALAR);
        assertThat(entry("layer1.0.scale").dimensions()).containsExactly(1);
        assertThat(MODEL.statistics().entries()).isEmpty();
    }

    @Test
    void aModelThatAsksForNormalizationIsRefused() {
        assertThatThrownBy(() -> define(new LeNet()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("bn1: the model asks for a normalization here; --norm fixup needs a model");
    }

    private static ModelDefinition define(Architecture model) {
        return ModelDefinition.of(
                model,
                PICTURE,
                CLASSES,
                Normalizers.of(
                        JobParser.parse(Map.of("norm", "fixup"), 1).model().normalization()),
                0);
    }

    private static Entry entry(String name) {
        ParameterLayout layout = MODEL.parameters();
        return layout.entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
