package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.PyTorch;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdamWTest {
    private static final int WEIGHTS = 7;
    private static final ParameterLayout LAYOUT = new ParameterLayout(List.of(
            new Entry("fc.weight", List.of(WEIGHTS), 0, Role.WEIGHT),
            new Entry("bn.weight", List.of(3), WEIGHTS, Role.NORM_SCALE)));

    private static Optimization job(String... namesAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("optimizer", "adamw", "weight-decay", "0"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return JobParser.parse(settings, 1).optimization();
    }

    private static WeightUpdates updates(Optimization job, ParameterLayout layout) {
        return new WeightUpdates(
                job, layout, Slots.zeros(Optimizers.of(job.optimizer()).slots(), layout.size()));
    }

    private static float[] noise(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    @Test
    void hasPyTorchsDefaultsAndNames() {
        assertThat(job().optimizer().values())
                .isEqualTo(Map.of("beta1", "0.9", "beta2", "0.999", "optimizer-epsilon", "1.0E-8"));
        assertThat(Optimizers.of(job().optimizer()).slots())
                .isEqualTo(new SlotNames(List.of("exp_avg", "exp_avg_sq"), List.of("step")));
    }

    /** m / √v is the gradient's sign in the first step, whatever its size: bias correction sees to that. */
    @Test
    void theFirstStepIsAsLongAsTheLearningRate() {
        float[] weights = new float[LAYOUT.size()];
        float[] gradient = new float[LAYOUT.size()];
        Arrays.fill(gradient, 1e-3f);
        gradient[2] = -1e3f;
        gradient[3] = 0;
        WeightUpdates updates = updates(job(), LAYOUT);
        updates.step(weights, gradient, 4, 0.01);
        assertThat(weights[0]).isCloseTo(-0.01f, within(1e-6f));
        assertThat(weights[2]).isCloseTo(0.01f, within(1e-6f));
        assertThat(weights[3]).isZero();
        assertThat(updates.slots().counter("step")).isEqualTo(1);
    }

    /** By the same factor whatever the gradient, and only where SGD's decay goes. */
    @Test
    void weightsDecayApartFromTheGradient() {
        for (String all : List.of("false", "true")) {
            float[] decayed = noise(new Random(1), LAYOUT.size());
            float[] free = decayed.clone();
            float[] before = decayed.clone();
            float[] gradient = noise(new Random(2), LAYOUT.size());
            updates(job("weight-decay", "0.1", "decay-all", all), LAYOUT).step(decayed, gradient.clone(), 3, 0.5);
            updates(job(), LAYOUT).step(free, gradient, 3, 0.5);
            for (int i = 0; i < LAYOUT.size(); i++) {
                double expected = i < WEIGHTS || all.equals("true") ? 0.5 * 0.1 * before[i] : 0;
                assertThat((double) free[i] - decayed[i])
                        .as("element %d, --decay-all %s", i, all)
                        .isCloseTo(expected, within(1e-7));
            }
        }
    }

    @Test
    void agreesWithATwinInFloat64() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int each = 0; each < 50; each++) {
            double beta1 = random.nextInt(3) * 0.45;
            double beta2 = 1 - Math.pow(10, -1 - random.nextInt(3));
            double epsilon = random.nextBoolean() ? 1e-8 : 0.1;
            double decay = random.nextInt(2) * 0.05;
            double clip = random.nextInt(2) * 0.5;
            Optimization job = job(
                    "beta1",
                    "" + beta1,
                    "beta2",
                    "" + beta2,
                    "optimizer-epsilon",
                    "" + epsilon,
                    "weight-decay",
                    "" + decay,
                    "clip-norm",
                    "" + clip);
            WeightUpdates updates = updates(job, LAYOUT);
            float[] weights = noise(random, LAYOUT.size());
            double[][] twin = new double[3][LAYOUT.size()];
            Arrays.setAll(twin[0], i -> weights[i]);
            for (int t = 1; t <= 20; t++) {
                float[] sum = noise(random, LAYOUT.size());
                long examples = 1 + random.nextInt(9);
                double rate = 0.1 / t;
                updates.step(weights, sum, examples, rate);
                double[] gradient = gradient(sum, examples, clip);
                twinStep(twin, gradient, t, rate, new double[] {beta1, beta2, epsilon, decay});
            }
            for (int i = 0; i < weights.length; i++) {
                assertThat((double) weights[i])
                        .as("seed %d, case %d, weight %d, %s", seed, each, i, job)
                        .isCloseTo(twin[0][i], within(2e-5));
            }
        }
    }

    private static double[] gradient(float[] sum, long examples, double clip) {
        double[] gradient = new double[sum.length];
        Arrays.setAll(gradient, i -> (double) sum[i] / examples);
        double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
        double scale = clip == 0 ? 1 : Math.min(1, clip / (norm + 1e-6));
        Arrays.setAll(gradient, i -> gradient[i] * scale);
        return gradient;
    }

    /** The definition (Loshchilov & Hutter 2019, algorithm 2, with ε as in PyTorch), one element after the other. */
    private static void twinStep(double[][] wmv, double[] gradient, int t, double rate, double[] by) {
        for (int i = 0; i < gradient.length; i++) {
            double g = gradient[i];
            wmv[1][i] = by[0] * wmv[1][i] + (1 - by[0]) * g;
            wmv[2][i] = by[1] * wmv[2][i] + (1 - by[1]) * g * g;
            double m = wmv[1][i] / (1 - Math.pow(by[0], t));
            double v = wmv[2][i] / (1 - Math.pow(by[1], t));
            double decay = i < WEIGHTS ? by[3] * wmv[0][i] : 0;
            wmv[0][i] -= rate * (m / (Math.sqrt(v) + by[2]) + decay);
        }
    }

    private static final String PYTORCH = """
            import sys, torch
            rows = [torch.tensor([float(x) for x in line.split()]) for line in open(sys.argv[1])]
            weights = torch.nn.Parameter(rows[0][:7].clone()), torch.nn.Parameter(rows[0][7:].clone())
            optimizer = torch.optim.AdamW(
                [{'params': weights[:1], 'weight_decay': 0.05}, {'params': weights[1:], 'weight_decay': 0.0}],
                lr=0.01, betas=(0.8, 0.99), eps=1e-4)
            for row in rows[1:]:
                weights[0].grad, weights[1].grad = row[:7].clone(), row[7:].clone()
                optimizer.step()
            state = [optimizer.state[w] for w in weights]
            for values in weights, [s['exp_avg'] for s in state], [s['exp_avg_sq'] for s in state]:
                print(' '.join(repr(float(x)) for x in torch.cat([v.detach() for v in values])))
            print(int(state[0]['step']))
            """;

    /** Weights and state, beside torch.optim.AdamW of the Python that {@code SYNCBN_PYTHON} names. */
    @Test
    void agreesWithPyTorch(@TempDir Path directory) throws Exception {
        PyTorch.assumeThere();
        Random random = new Random(3);
        WeightUpdates updates = updates(
                job("beta1", "0.8", "beta2", "0.99", "optimizer-epsilon", "1e-4", "weight-decay", "0.05"), LAYOUT);
        float[] weights = noise(random, LAYOUT.size());
        StringBuilder input = new StringBuilder(line(weights));
        for (int step = 0; step < 30; step++) {
            float[] gradient = noise(random, LAYOUT.size());
            input.append(line(gradient));
            updates.step(weights, gradient, 1, 0.01);
        }
        Path numbers = Files.writeString(directory.resolve("numbers.txt"), input);
        List<String> lines = PyTorch.run(directory, PYTORCH, List.of(numbers.toString()))
                .lines()
                .toList();
        Slots slots = updates.slots();
        assertClose(weights, lines.get(0));
        assertClose(slots.array("exp_avg"), lines.get(1));
        assertClose(slots.array("exp_avg_sq"), lines.get(2));
        assertThat(slots.counter("step")).isEqualTo(Long.parseLong(lines.get(3)));
    }

    private static String line(float[] numbers) {
        StringBuilder line = new StringBuilder();
        for (float number : numbers) {
            line.append(number).append(' ');
        }
        return line.append('\n').toString();
    }

    private static void assertClose(float[] actual, String expected) {
        String[] numbers = expected.split(" ");
        assertThat(actual).hasSize(numbers.length);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(Float.parseFloat(numbers[i]), within(1e-6f));
        }
    }

    /** Long arrays and many steps: the loops run compiled and vectorized, and must give what they give on every JVM. */
    @Test
    void givesTheSameBitsOnEveryMachine() {
        Random random = new Random(1);
        ParameterLayout layout = new ParameterLayout(List.of(new Entry("fc.weight", List.of(5001), 0, Role.WEIGHT)));
        float[] weights = noise(random, layout.size());
        WeightUpdates updates = updates(job("weight-decay", "1e-2", "clip-norm", "1"), layout);
        for (int step = 0; step < 200; step++) {
            updates.step(weights, noise(random, layout.size()), 7, 0.001);
        }
        ByteBuffer bytes = ByteBuffer.allocate(weights.length * Float.BYTES);
        bytes.asFloatBuffer().put(weights);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        assertThat(Long.toHexString(crc.getValue())).isEqualTo("41b10cfa");
    }
}
