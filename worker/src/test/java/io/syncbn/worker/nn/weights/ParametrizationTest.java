package io.syncbn.worker.nn.weights;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Float64Layers;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that are computed from parameters, against their definitions in float64 and those against slopes. */
class ParametrizationTest {
    private static final Shape PICTURE = new Shape(5, 4, 3);
    private static final int FILTERS = 6;
    private static final int CLASSES = 3;
    private static final int EXAMPLES = 3;
    private static final String LENGTH = ".parametrizations.weight.original0";
    private static final String DIRECTION = ".parametrizations.weight.original1";
    private static final Architecture MODEL =
            net -> net.conv2dWithBias("conv", FILTERS, 3, 1, 1).relu().flatten().dense("fc", net.classes());

    /** Of one filter: its weights from the parameters, and the parameters' gradients from the weights'. */
    private interface Definition {
        double[] weights(double[] v, double[] g);

        /** dv, then dg. */
        double[][] gradients(double[] v, double[] g, double[] dw);
    }

    private static final Definition NORM = new Definition() {
        @Override
        public double[] weights(double[] v, double[] g) {
            double norm = Math.sqrt(dot(v, v));
            return Arrays.stream(v).map(each -> g[0] * each / norm).toArray();
        }

        @Override
        public double[][] gradients(double[] v, double[] g, double[] dw) {
            double norm = Math.sqrt(dot(v, v));
            double dg = dot(dw, v) / norm;
            double[] dv = new double[v.length];
            Arrays.setAll(dv, i -> g[0] / norm * (dw[i] - dg / norm * v[i]));
            return new double[][] {dv, {dg}};
        }
    };

    private static final Definition STANDARDIZATION = new Definition() {
        @Override
        public double[] weights(double[] v, double[] g) {
            double mean = Arrays.stream(v).average().orElseThrow();
            return Arrays.stream(v).map(each -> (each - mean) / deviation(v)).toArray();
        }

        private double deviation(double[] v) {
            double mean = Arrays.stream(v).average().orElseThrow();
            double variance = Arrays.stream(v)
                    .map(each -> (each - mean) * (each - mean))
                    .average()
                    .orElseThrow();
            return Math.sqrt(variance + 1e-6);
        }

        @Override
        public double[][] gradients(double[] v, double[] g, double[] dw) {
            double[] w = weights(v, g);
            double[] dv = new double[v.length];
            Arrays.setAll(
                    dv,
                    i -> (dw[i] - Arrays.stream(dw).average().orElseThrow() - w[i] * dot(dw, w) / v.length)
                            / deviation(v));
            return new double[][] {dv, {}};
        }
    };

    @Test
    void normalizedWeightsAreTheirDefinition() {
        assertParity(Map.of("norm", "weight-norm"), 1, NORM, NORM);
    }

    @Test
    void standardizedWeightsAreTheirDefinition() {
        assertParity(Map.of("weight-standardization", "true"), 1, STANDARDIZATION, null);
        // Weights so small that epsilon weighs as much as their variance.
        assertParity(Map.of("weight-standardization", "true"), 0.003, STANDARDIZATION, null);
    }

    /** The oracles, by Σ dw·w with random dw. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gradientsOfTheDefinitionsAreSlopes(boolean isNorm) {
        Definition definition = isNorm ? NORM : STANDARDIZATION;
        Random random = new Random(4);
        double[] v = normal(random, 7);
        double[] g = normal(random, 1, 1, 0.5);
        double[] dw = normal(random, 7);
        double[][] gradients = definition.gradients(v, g, dw);
        double[][][] all = {{v, gradients[0]}, {isNorm ? g : new double[0], gradients[1]}};
        for (double[][] each : all) {
            for (int i = 0; i < each[0].length; i++) {
                double before = each[0][i];
                each[0][i] = before + 1e-6;
                double above = dot(definition.weights(v, g), dw);
                each[0][i] = before - 1e-6;
                double below = dot(definition.weights(v, g), dw);
                each[0][i] = before;
                assertThat((above - below) / 2e-6).isCloseTo(each[1][i], within(1e-7));
            }
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
        double[] w = weights(NORM, v, g);
        assertClose("weights", w, v, 1e-7);
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

    /**
     * @param size of the weights
     * @param dense null for plain weights
     */
    private static void assertParity(
            Map<String, String> settings, double size, Definition convolution, Definition dense) {
        ModelDefinition definition = define(MODEL, settings);
        Replica replica = definition.newReplica(5);
        Random random = new Random(6);
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] = (float) (size * (replica.weights()[i] + 0.1 * random.nextGaussian()));
        }
        double[] x = normal(random, EXAMPLES * PICTURE.size());
        double[] dy = normal(random, EXAMPLES * CLASSES);

        Float64Layers.Parameters parameters = new Float64Layers.Parameters();
        put(parameters, replica, "conv", convolution);
        put(parameters, replica, "fc", dense);
        Float64Layers.Twin twin = Float64Layers.sequence(
                Float64Layers.convolution(parameters, "conv", PICTURE, FILTERS, 3, 1, 1),
                Float64Layers.relu(),
                Float64Layers.flatten(new Shape(5, 4, FILTERS)),
                Float64Layers.dense(parameters, "fc", 20 * FILTERS, CLASSES));
        double[] y = twin.forward(x);

        try (ShardModel model = definition.newShardModel(replica, EXAMPLES)) {
            Pass pass = new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});
            ShardedRun one = new ShardedRun(1, EXAMPLES);
            for (int step = 0; step < 2; step++) { // nothing of the step before may remain
                parameters.gradients.values().forEach(each -> Arrays.fill(each, 0));
                twin.forward(x);
                twin.backward(dy);
                model.beginStep();
                Tensor logits = model.forward(one.part(x, PICTURE, 0), pass);
                assertClose("logits", Arrays.copyOf(logits.values(), logits.size()), y, 2e-6);
                model.backward(one.part(dy, Shape.flat(CLASSES), 0), pass);
                assertGradients(replica, model.gradients(), parameters, "conv", convolution);
                assertGradients(replica, model.gradients(), parameters, "fc", dense);
            }
        }
    }

    private static void put(Float64Layers.Parameters parameters, Replica replica, String layer, Definition definition) {
        parameters.put(layer + ".bias", values(replica, layer + ".bias"));
        double[] v = values(replica, directions(replica, layer));
        double[] g = values(replica, layer + LENGTH);
        parameters.put(layer + ".weight", definition == null ? v : weights(definition, v, g));
    }

    private static void assertGradients(
            Replica replica,
            float[] gradients,
            Float64Layers.Parameters parameters,
            String layer,
            Definition definition) {
        String directions = directions(replica, layer);
        double[] dw = parameters.gradients.get(layer + ".weight");
        double[] v = values(replica, directions);
        double[] g = values(replica, layer + LENGTH);
        double[] dv = dw.clone();
        double[] dg = new double[g.length];
        if (definition != null) {
            int outputs = entry(replica, directions).dimensions().get(0);
            int length = v.length / outputs;
            for (int output = 0; output < outputs; output++) {
                double[][] each = definition.gradients(
                        Arrays.copyOfRange(v, output * length, (output + 1) * length),
                        g.length == 0 ? g : new double[] {g[output]},
                        Arrays.copyOfRange(dw, output * length, (output + 1) * length));
                System.arraycopy(each[0], 0, dv, output * length, length);
                System.arraycopy(each[1], 0, dg, Math.min(output, dg.length), each[1].length);
            }
        }
        assertClose("dv of " + layer, slice(gradients, replica, directions), dv, 4e-6);
        if (g.length > 0) {
            assertClose("dg of " + layer, slice(gradients, replica, layer + LENGTH), dg, 4e-6);
        }
        assertClose(
                "db of " + layer,
                slice(gradients, replica, layer + ".bias"),
                parameters.gradients.get(layer + ".bias"),
                4e-6);
    }

    private static String directions(Replica replica, String layer) {
        return entry(replica, layer + DIRECTION) == null ? layer + ".weight" : layer + DIRECTION;
    }

    private static double[] weights(Definition definition, double[] v, double[] g) {
        int outputs = g.length == 0 ? FILTERS : g.length;
        int length = v.length / outputs;
        double[] weights = new double[v.length];
        for (int output = 0; output < outputs; output++) {
            double[] each = definition.weights(
                    Arrays.copyOfRange(v, output * length, (output + 1) * length),
                    g.length == 0 ? g : new double[] {g[output]});
            System.arraycopy(each, 0, weights, output * length, length);
        }
        return weights;
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
        List<Entry> found = replica.parameters().entries().stream()
                .filter(entry -> entry.name().equals(name))
                .toList();
        return found.isEmpty() ? null : found.get(0);
    }

    private static double[] values(Replica replica, String name) {
        return entry(replica, name) == null ? new double[0] : wide(slice(replica.weights(), replica, name));
    }

    private static float[] slice(float[] flat, Replica replica, String name) {
        return replica.parameters().slice(flat, entry(replica, name));
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
