package io.syncbn.worker.nn.weights;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.Float64Weights;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.ShardedRun;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Weights that are computed from parameters, against their definitions in float64. */
class ParametrizationTest {
    private static final Shape PICTURE = new Shape(5, 4, 3);
    private static final int FILTERS = 6;
    private static final int CLASSES = 3;
    private static final int EXAMPLES = 3;
    private static final String LENGTH = ".parametrizations.weight.original0";
    private static final String DIRECTION = ".parametrizations.weight.original1";
    private static final Architecture MODEL =
            net -> net.conv2dWithBias("conv", FILTERS, 3, 1, 1).relu().flatten().dense("fc", net.classes());

    @Test
    void normalizedWeightsAreTheirDefinition() {
        assertParity(
                Map.of("norm", "weight-norm"),
                1,
                p -> twin(
                        Float64Weights.normalized(p, "conv", FILTERS, ParametrizationTest::convolution),
                        Float64Weights.normalized(p, "fc", CLASSES, ParametrizationTest::dense)));
    }

    @Test
    void standardizedWeightsAreTheirDefinition() {
        // Of the smaller weights, epsilon weighs as much as their variance.
        for (double size : new double[] {1, 0.003}) {
            assertParity(
                    Map.of("weight-standardization", "true"),
                    size,
                    p -> twin(
                            Float64Weights.standardized(p, "conv", FILTERS, ParametrizationTest::convolution),
                            dense(p)));
        }
    }

    @Test
    void atFirstNormalizedWeightsAreThoseThatPlainOnesWouldBe() {
        ModelDefinition definition = define(MODEL, Map.of("norm", "weight-norm"));
        assertThat(definition.parameters().entries())
                .extracting(Entry::name)
                .containsExactlyInAnyOrder(
                        "conv" + LENGTH, "conv" + DIRECTION, "conv.bias", "fc" + LENGTH, "fc" + DIRECTION, "fc.bias");
        Replica replica = definition.newReplica(3);
        double[] v = values(replica, "conv" + DIRECTION);
        double[] g = values(replica, "conv" + LENGTH);
        for (int filter = 0; filter < FILTERS; filter++) {
            double[] row = Arrays.copyOfRange(v, filter * v.length / FILTERS, (filter + 1) * v.length / FILTERS);
            double norm = Math.sqrt(Arrays.stream(row).map(each -> each * each).sum());
            assertThat(g[filter]).isCloseTo(norm, within(1e-7 * norm));
        }
        assertThat(entry(replica, "conv" + LENGTH).dimensions()).containsExactly(FILTERS, 1, 1, 1);
        assertThat(entry(replica, "fc" + LENGTH).dimensions()).containsExactly(CLASSES, 1);
    }

    @Test
    void whatCannotBeIsNamed() {
        assertThatThrownBy(() -> define(MODEL, Map.of("norm", "weight-norm", "weight-standardization", "true")))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--weight-standardization is beside a normalization of activations, not --norm weight-norm");
        Architecture thin = net -> net.conv2dWithBias("in", 1, 3, 1, 1)
                .conv2dWithBias("thin", 4, 1, 1, 0)
                .flatten()
                .dense("fc", net.classes());
        assertThatThrownBy(() -> define(thin, Map.of("weight-standardization", "true")))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("thin: each output has one weight");
    }

    /** @param size of the weights */
    private static void assertParity(Map<String, String> settings, double size, Function<Parameters, Twin> twinOf) {
        ModelDefinition definition = define(MODEL, settings);
        Replica replica = definition.newReplica(5);
        Random random = new Random(6);
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] = (float) (size * (replica.weights()[i] + 0.1 * random.nextGaussian()));
        }
        double[] x = normal(random, EXAMPLES * PICTURE.size());
        double[] dy = normal(random, EXAMPLES * CLASSES);
        Parameters parameters = Parameters.of(replica);
        Twin twin = twinOf.apply(parameters);
        double[] y = twin.forward(x);
        twin.backward(dy);

        try (ShardModel model = definition.newShardModel(replica, EXAMPLES, Kernels.PORTABLE)) {
            Pass pass = new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});
            ShardedRun one = new ShardedRun(1, EXAMPLES);
            for (int step = 0; step < 2; step++) { // nothing of the step before may remain
                model.beginStep();
                Tensor logits = model.forward(one.part(x, PICTURE, 0), pass);
                assertClose("logits", Arrays.copyOf(logits.values(), logits.size()), y, 2e-6);
                model.backward(one.part(dy, Shape.flat(CLASSES), 0), pass);
                for (Entry entry : replica.parameters().entries()) {
                    float[] gradient = entry.read(model.gradients());
                    assertClose(entry.name(), gradient, parameters.gradients.get(entry.name()), 4e-6);
                }
            }
        }
    }

    private static Twin twin(Twin convolution, Twin dense) {
        return Float64Layers.sequence(
                convolution, Float64Layers.relu(), Float64Layers.flatten(new Shape(5, 4, FILTERS)), dense);
    }

    private static Twin convolution(Parameters parameters) {
        return Float64Layers.convolution(parameters, "conv", PICTURE, FILTERS, 3, 1, 1);
    }

    private static Twin dense(Parameters parameters) {
        return Float64Layers.dense(parameters, "fc", 20 * FILTERS, CLASSES);
    }

    private static ModelDefinition define(Architecture model, Map<String, String> settings) {
        return ModelDefinition.of(
                model,
                PICTURE,
                CLASSES,
                Normalizers.of(JobParser.parse(settings, 1).model().normalization()),
                0);
    }

    private static Entry entry(Replica replica, String name) {
        return replica.parameters().entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double[] values(Replica replica, String name) {
        return Parameters.of(replica).values.get(name);
    }
}
