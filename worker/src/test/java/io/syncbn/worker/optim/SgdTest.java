package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.Hyperparameters;
import io.syncbn.proto.job.Optimization;
import io.syncbn.proto.job.Schedule;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SgdTest {
    private static final ParameterLayout FOUR = new ParameterLayout(List.of(
            new Entry("fc.weight", List.of(1, 3), 0, Role.WEIGHT), new Entry("fc.bias", List.of(1), 3, Role.BIAS)));

    /** Sums over 4 examples. */
    private static final float[][] GRADIENTS = {{4, -8, 2, 1}, {-2, 4, 6, -3}, {8, 0, -4, 5}};

    private static Optimization job(
            double momentum, boolean nesterov, double weightDecay, boolean decayAll, double clipNorm) {
        Map<String, String> own = Map.of("momentum", "" + momentum, "nesterov", "" + nesterov);
        return new Optimization(
                new Hyperparameters("sgd", own),
                new Optimization.Rate(0.1, Optimization.Scaling.NONE, 256, new Schedule.Constant(), 0),
                new Optimization.Decay(weightDecay, decayAll),
                new Optimization.Safeguard(clipNorm, 0, false),
                new Optimization.Regularization(0, 0),
                0);
    }

    private static Slots slots(ParameterLayout layout) {
        return Slots.zeros(new SlotNames(List.of("momentum_buffer"), List.of()), layout.size());
    }

    private static WeightUpdates updates(Optimization job, ParameterLayout layout) {
        return new WeightUpdates(job, layout, slots(layout));
    }

    private static void assertTrajectory(Optimization job, float[]... expected) {
        WeightUpdates sgd = updates(job, FOUR);
        float[] weights = {1, -2, 0.5f, 0.25f};
        for (int step = 0; step < GRADIENTS.length; step++) {
            sgd.step(weights, GRADIENTS[step].clone(), 4, 0.1);
            assertThat(weights).as("after step %d", step + 1).containsExactly(expected[step], within(3e-7f));
        }
    }

    // The numbers below are torch.optim.SGD's (2.13), lr = 0.1, each gradient divided by 4; by hand for the first:
    // 1 − 0.1·4/4 = 0.9, then + 0.1·2/4 = 0.95, then − 0.1·8/4 = 0.75.

    @Test
    void withoutMomentum() {
        assertTrajectory(
                job(0, false, 0, false, 0),
                new float[] {0.9f, -1.8f, 0.45f, 0.225f},
                new float[] {0.95f, -1.9f, 0.3f, 0.3f},
                new float[] {0.75f, -1.9f, 0.4f, 0.175f});
    }

    @Test
    void withMomentum() {
        assertTrajectory(
                job(0.9, false, 0, false, 0),
                new float[] {0.9f, -1.8f, 0.45f, 0.225f},
                new float[] {0.86f, -1.72f, 0.255f, 0.2775f},
                new float[] {0.624f, -1.648f, 0.1795f, 0.19975f});
    }

    @Test
    void withNesterovsMomentum() {
        assertTrajectory(
                job(0.9, true, 0, false, 0),
                new float[] {0.81f, -1.62f, 0.405f, 0.2025f},
                new float[] {0.824f, -1.648f, 0.0795f, 0.32475f},
                new float[] {0.4116f, -1.5832f, 0.11155f, 0.129775f});
    }

    @Test
    void withDecayOfWeights() {
        assertTrajectory(
                job(0.9, false, 0.01, false, 0),
                new float[] {0.899f, -1.798f, 0.4495f, 0.225f},
                new float[] {0.857201f, -1.714402f, 0.2536005f, 0.2775f},
                new float[] {0.6187247f, -1.6374494f, 0.17703736f, 0.19975f});
    }

    @Test
    void withDecayOfEverything() {
        assertTrajectory(
                job(0.9, false, 0.01, true, 0),
                new float[] {0.899f, -1.798f, 0.4495f, 0.22475f},
                new float[] {0.857201f, -1.714402f, 0.2536005f, 0.27680025f},
                new float[] {0.6187247f, -1.6374494f, 0.17703736f, 0.19836867f});
    }

    @Test
    void withClipping() {
        assertTrajectory(
                job(0.9, false, 0, false, 1),
                new float[] {0.9566139f, -1.9132278f, 0.47830695f, 0.23915347f},
                new float[] {0.94237334f, -1.8847467f, 0.3843624f, 0.266602f},
                new float[] {0.8514849f, -1.8591137f, 0.3388483f, 0.2425107f});
    }

    @Test
    void withEverything() {
        assertTrajectory(
                job(0.9, true, 0.01, false, 2),
                new float[] {0.83323294f, -1.6664659f, 0.41661647f, 0.20878322f},
                new float[] {0.8548207f, -1.7096415f, 0.09747813f, 0.33261138f},
                new float[] {0.5320495f, -1.657446f, 0.092737585f, 0.19165707f});
    }

    @Test
    void leavesAGradientBelowTheClipAsItIs() {
        float[] clipped = {1, 2, 3, 4};
        float[] free = clipped.clone();
        updates(job(0.9, false, 0, false, 100), FOUR).step(clipped, GRADIENTS[0].clone(), 4, 0.1);
        updates(job(0.9, false, 0, false, 0), FOUR).step(free, GRADIENTS[0].clone(), 4, 0.1);
        assertThat(clipped).containsExactly(free);
    }

    @Test
    void continuesFromABuffer() {
        Slots buffer = slots(FOUR);
        Arrays.fill(buffer.array("momentum_buffer"), 1);
        float[] weights = new float[4];
        WeightUpdates sgd = new WeightUpdates(job(0.5, false, 0, false, 0), FOUR, buffer);
        sgd.step(weights, new float[4], 1, 1);
        assertThat(weights).containsExactly(-0.5f, -0.5f, -0.5f, -0.5f);
        assertThat(buffer.array("momentum_buffer")).containsExactly(0.5f, 0.5f, 0.5f, 0.5f);
    }

    @Test
    void refusesWhatDoesNotFit() {
        Optimization job = job(0.9, false, 0, false, 0);
        WeightUpdates sgd = updates(job, FOUR);
        Slots ofThree = Slots.zeros(SlotNames.NONE, 3);
        assertThatThrownBy(() -> new WeightUpdates(job, FOUR, ofThree))
                .hasMessage("a slot has 3 elements, the model's parameters have 4");
        assertThatThrownBy(() -> sgd.step(new float[5], new float[4], 1, 1)).hasMessageContaining("weights has 5");
        assertThatThrownBy(() -> sgd.step(new float[4], new float[5], 1, 1)).hasMessageContaining("gradient has 5");
        assertThatThrownBy(() -> sgd.step(new float[4], new float[4], 0, 1)).hasMessageContaining("not 0");
    }

    @Test
    void agreesWithATwinInFloat64() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            ParameterLayout layout = randomLayout(random, 40);
            Optimization job = job(
                    random.nextInt(2) * 0.9,
                    random.nextBoolean(),
                    random.nextInt(2) * 0.01,
                    random.nextBoolean(),
                    random.nextInt(2) * 0.5);
            float[] weights = noise(random, layout.size());
            double[] twinWeights = widened(weights);
            double[] twinBuffer = new double[layout.size()];
            WeightUpdates sgd = updates(job, layout);
            for (int step = 0; step < 20; step++) {
                float[] sum = noise(random, layout.size());
                long examples = 1 + random.nextInt(9);
                sgd.step(weights, sum, examples, 0.1);
                twinStep(job, layout, twinWeights, twinBuffer, sum, examples, 0.1);
            }
            for (int j = 0; j < weights.length; j++) {
                assertThat((double) weights[j])
                        .as("seed %d, case %d, weight %d, %s", seed, i, j, job)
                        .isCloseTo(twinWeights[j], within(2e-5));
            }
        }
    }

    /** The definition, one element after the other. */
    private static void twinStep(
            Optimization job, ParameterLayout layout, double[] w, double[] v, float[] sum, long examples, double rate) {
        double squares = 0;
        for (float s : sum) {
            squares += Math.pow((double) s / examples, 2);
        }
        double scale = job.safeguard().clipNorm() == 0
                ? 1
                : Math.min(1, job.safeguard().clipNorm() / (Math.sqrt(squares) + 1e-6));
        for (Entry entry : layout.entries()) {
            boolean decays = job.decay().ofAll() || entry.role() == Role.WEIGHT;
            for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
                double g = scale * sum[i] / examples + (decays ? job.decay().factor() : 0) * w[i];
                v[i] = job.optimizer().number("momentum") * v[i] + g;
                w[i] -= rate
                        * (job.optimizer().flag("nesterov")
                                ? g + job.optimizer().number("momentum") * v[i]
                                : v[i]);
            }
        }
    }

    /** Long arrays and many steps: the loops run compiled and vectorized, and must give what they give on every JVM. */
    @Test
    void givesTheSameBitsOnEveryMachine() {
        Random random = new Random(1);
        ParameterLayout layout = randomLayout(random, 5000);
        CRC32C crc = new CRC32C();
        for (boolean nesterov : new boolean[] {false, true}) {
            float[] weights = noise(random, layout.size());
            WeightUpdates sgd = updates(job(0.9, nesterov, 1e-4, false, 1), layout);
            for (int step = 0; step < 100; step++) {
                sgd.step(weights, noise(random, layout.size()), 7, 0.05);
            }
            ByteBuffer bytes = ByteBuffer.allocate(weights.length * Float.BYTES);
            bytes.asFloatBuffer().put(weights);
            crc.update(bytes);
        }
        assertThat(Long.toHexString(crc.getValue())).isEqualTo("1637d820");
    }

    private static ParameterLayout randomLayout(Random random, int mostElements) {
        int weights = 1 + random.nextInt(mostElements);
        int channels = 1 + random.nextInt(mostElements);
        return new ParameterLayout(List.of(
                new Entry("conv.weight", List.of(weights), 0, Role.WEIGHT),
                new Entry("bn.weight", List.of(channels), weights, Role.NORM_SCALE),
                new Entry("bn.bias", List.of(channels), weights + channels, Role.NORM_SHIFT)));
    }

    private static float[] noise(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    private static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            widened[i] = values[i];
        }
        return widened;
    }
}
