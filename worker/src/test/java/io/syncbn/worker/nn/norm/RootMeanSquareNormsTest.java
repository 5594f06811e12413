package io.syncbn.worker.nn.norm;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.nn.Architecture;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Normalizations that do not subtract the mean, or have an activation of their own: against their definitions in
 * float64, and their gradients against slopes of these.
 */
class RootMeanSquareNormsTest {
    private static final Shape SHAPE = new Shape(3, 2, 8);
    private static final int CHANNELS = 8;
    private static final int EXAMPLES = 3;
    private static final double EPSILON = 1e-3;

    /** y of a batch, given the parameters by name. */
    interface Definition {
        double[] forward(double[] x, Map<String, double[]> parameters);
    }

    /** Of all examples, with the numbers of as many consecutive channels sharing statistics. */
    private static double[] statistics(double[] x, int i, int width) {
        int example = i / SHAPE.size() * SHAPE.size();
        int first = i % CHANNELS / width * width;
        double sum = 0;
        double squares = 0;
        int count = SHAPE.pixels() * width;
        for (int row = 0; row < SHAPE.pixels(); row++) {
            for (int c = first; c < first + width; c++) {
                double value = x[example + row * CHANNELS + c];
                sum += value / count;
                squares += value * value / count;
            }
        }
        return new double[] {squares, squares - sum * sum};
    }

    private static double[] each(double[] x, IntToDoubleFunction y) {
        double[] all = new double[x.length];
        Arrays.setAll(all, y);
        return all;
    }

    private static final Definition RMS = (x, p) ->
            each(x, i -> p.get("n.weight")[i % CHANNELS] * x[i] / Math.sqrt(statistics(x, i, CHANNELS)[0] + EPSILON));

    private static final Definition RESPONSE = (x, p) -> each(
            x,
            i -> p.get("n.weight")[i % CHANNELS] * x[i] / Math.sqrt(statistics(x, i, 1)[0] + EPSILON)
                    + p.get("n.bias")[i % CHANNELS]);

    private static final Definition THRESHOLDED = (x, p) -> {
        double[] y = RESPONSE.forward(x, p);
        return each(x, i -> Math.max(y[i], p.get("n.tau")[i % CHANNELS]));
    };

    private static final Definition EVO = (x, p) -> each(x, i -> {
        double sigmoid = 1 / (1 + Math.exp(-p.get("n.v")[i % CHANNELS] * x[i]));
        return p.get("n.weight")[i % CHANNELS] * x[i] * sigmoid / Math.sqrt(statistics(x, i, 2)[1] + EPSILON)
                + p.get("n.bias")[i % CHANNELS];
    });

    private static final Definition LINE =
            (x, p) -> each(x, i -> p.get("n.weight")[i % CHANNELS] * x[i] + p.get("n.bias")[i % CHANNELS]);

    @ParameterizedTest
    @CsvSource({
        "rms, false",
        "frn, false",
        "frn, true",
        "evonorm-s0:4, false",
        "evonorm-s0:4, true",
    })
    void itIsItsDefinition(String norm, boolean relu) {
        Definition definition =
                norm.equals("rms") ? RMS : norm.equals("frn") ? relu ? THRESHOLDED : RESPONSE : relu ? EVO : LINE;
        Random random = new Random(norm.hashCode());
        // Behind the layer: a head whose weights are dy, so that the loss is Σ dy·y.
        Architecture model = net -> {
            net.norm("n");
            if (relu) {
                net.relu();
            }
            net.flatten().dense("fc", net.classes());
        };
        ModelDefinition built = define(model, norm);
        Replica replica = built.newReplica(3);
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] += (float) (0.3 * random.nextGaussian());
        }
        Map<String, double[]> parameters = new HashMap<>();
        for (Entry entry : replica.parameters().entries()) {
            float[] slice = entry.read(replica.weights());
            double[] wide = new double[slice.length];
            Arrays.setAll(wide, i -> slice[i]);
            parameters.put(entry.name(), wide);
        }
        double[] x = normal(random, EXAMPLES * SHAPE.size(), 0.4, 1);
        try (ShardModel shard = built.newShardModel(replica, EXAMPLES, Kernels.PORTABLE)) {
            Pass pass = new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});
            Tensor logits = shard.forward(new ShardedRun(1, EXAMPLES).part(x, SHAPE, 0), pass);
            double[] y = definition.forward(x, parameters);
            assertClose("logits", Arrays.copyOf(logits.values(), logits.size()), head(y, parameters), 1e-5);

            double[] dLogits = normal(random, EXAMPLES * 2);
            shard.backward(new ShardedRun(1, EXAMPLES).part(dLogits, Shape.flat(2), 0), pass);
            for (Entry entry : replica.parameters().entries()) {
                if (entry.name().startsWith("n.")) {
                    float[] found = entry.read(shard.gradients());
                    double[] values = parameters.get(entry.name());
                    double[] slopes = new double[values.length];
                    for (int i = 0; i < values.length; i++) {
                        double before = values[i];
                        values[i] = before + 1e-6;
                        double above = dot(head(definition.forward(x, parameters), parameters), dLogits);
                        values[i] = before - 1e-6;
                        double below = dot(head(definition.forward(x, parameters), parameters), dLogits);
                        values[i] = before;
                        slopes[i] = (above - below) / 2e-6;
                    }
                    assertClose(entry.name(), found, slopes, 1e-5);
                }
            }
        }
    }

    /** The gradient by the layer's input, through a scale before it. */
    @ParameterizedTest
    @CsvSource({"rms, false", "frn, true", "evonorm-s0:4, true", "evonorm-s0:4, false"})
    void theInputsGradientIsASlope(String norm, boolean relu) {
        Definition definition = norm.equals("rms") ? RMS : norm.equals("frn") ? THRESHOLDED : relu ? EVO : LINE;
        Random random = new Random(norm.hashCode() + 1);
        Architecture model = net -> {
            net.conv2dWithBias("c", CHANNELS, 1, 1, 0).norm("n");
            if (relu) {
                net.relu();
            }
            net.flatten().dense("fc", net.classes());
        };
        ModelDefinition built = define(model, norm);
        Replica replica = built.newReplica(4);
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] += (float) (0.2 * random.nextGaussian());
        }
        Map<String, double[]> parameters = new HashMap<>();
        for (Entry entry : replica.parameters().entries()) {
            float[] slice = entry.read(replica.weights());
            double[] wide = new double[slice.length];
            Arrays.setAll(wide, i -> slice[i]);
            parameters.put(entry.name(), wide);
        }
        double[] x = normal(random, EXAMPLES * SHAPE.size(), 0.4, 1);
        double[] dLogits = normal(random, EXAMPLES * 2);
        try (ShardModel shard = built.newShardModel(replica, EXAMPLES, Kernels.PORTABLE)) {
            Pass pass = new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});
            shard.forward(new ShardedRun(1, EXAMPLES).part(x, SHAPE, 0), pass);
            shard.backward(new ShardedRun(1, EXAMPLES).part(dLogits, Shape.flat(2), 0), pass);
            for (String name : new String[] {"c.weight", "c.bias"}) {
                Entry entry = replica.parameters().entries().stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElseThrow();
                double[] values = parameters.get(name);
                double[] slopes = new double[values.length];
                for (int i = 0; i < values.length; i++) {
                    double before = values[i];
                    values[i] = before + 1e-6;
                    double above =
                            dot(head(definition.forward(pixelwise(x, parameters), parameters), parameters), dLogits);
                    values[i] = before - 1e-6;
                    double below =
                            dot(head(definition.forward(pixelwise(x, parameters), parameters), parameters), dLogits);
                    values[i] = before;
                    slopes[i] = (above - below) / 2e-6;
                }
                assertClose(name, entry.read(shard.gradients()), slopes, 2e-5);
            }
        }
    }

    private static double[] pixelwise(double[] x, Map<String, double[]> parameters) {
        double[] w = parameters.get("c.weight");
        double[] b = parameters.get("c.bias");
        return each(x, i -> {
            int row = i / CHANNELS * CHANNELS;
            double sum = b[i % CHANNELS];
            for (int c = 0; c < CHANNELS; c++) {
                sum += w[i % CHANNELS * CHANNELS + c] * x[row + c];
            }
            return sum;
        });
    }

    /** Flat in the order channel, pixel; then the dense layer. */
    private static double[] head(double[] y, Map<String, double[]> parameters) {
        double[] w = parameters.get("fc.weight");
        double[] logits = new double[EXAMPLES * 2];
        for (int n = 0; n < EXAMPLES; n++) {
            for (int k = 0; k < 2; k++) {
                double sum = parameters.get("fc.bias")[k];
                for (int c = 0; c < CHANNELS; c++) {
                    for (int pixel = 0; pixel < SHAPE.pixels(); pixel++) {
                        sum += w[k * SHAPE.size() + c * SHAPE.pixels() + pixel]
                                * y[n * SHAPE.size() + pixel * CHANNELS + c];
                    }
                }
                logits[n * 2 + k] = sum;
            }
        }
        return logits;
    }

    @Test
    void theSigmoidIsThatOfTheLibrary() {
        for (double x = -30; x <= 30; x += 0.37) {
            assertThat(Sigmoid.of(x)).isCloseTo(1 / (1 + StrictMath.exp(-x)), within(1e-15));
            assertThat(Sigmoid.exp(x) / StrictMath.exp(x)).isCloseTo(1, within(2e-15));
        }
        assertThat(Sigmoid.of(-1e9)).isBetween(0.0, 1e-50);
        assertThat(Sigmoid.of(1e9)).isEqualTo(1);
    }

    @Test
    void parametersHaveTimmsNames() {
        Architecture model =
                net -> net.norm("a").norm("b").relu().globalAveragePool().dense("fc", net.classes());
        assertThat(define(model, "frn").parameters().entries())
                .extracting(Entry::name)
                .startsWith("a.weight", "a.bias", "b.weight", "b.bias", "b.tau", "fc.weight");
        assertThat(define(model, "evonorm-s0:2").parameters().entries())
                .extracting(Entry::name)
                .startsWith("a.weight", "a.bias", "b.weight", "b.bias", "b.v", "fc.weight");
        assertThat(define(model, "rms").parameters().entries())
                .extracting(Entry::name)
                .startsWith("a.weight", "b.weight", "fc.weight");
    }

    @Test
    void whatCannotBeIsNamed() {
        Architecture flat = net -> net.flatten().norm("n").dense("fc", net.classes());
        assertThatThrownBy(() -> define(flat, "frn"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("n: each channel of an example of 1x1x48 has one number");
        assertThatThrownBy(() -> define(net -> net.norm("n").flatten().dense("fc", net.classes()), "evonorm-s0:3"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("n: 8 channels cannot be divided into 3 groups");
    }

    private static ModelDefinition define(Architecture model, String norm) {
        return ModelDefinition.of(
                model,
                SHAPE,
                2,
                Normalizers.of(JobParser.parse(Map.of("norm", norm, "norm-epsilon", "" + EPSILON), 1)
                        .model()
                        .normalization()),
                0);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
