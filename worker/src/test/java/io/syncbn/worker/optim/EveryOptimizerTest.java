package io.syncbn.worker.optim;

import static io.syncbn.worker.optim.OptimizerRun.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each step of every optimizer, with each way to clip, against its definition in float64. */
class EveryOptimizerTest {
    /** Of all that a sum is of, as its parts may cancel each other. Float32 rounds each by 6e-8 at most. */
    private static final double ROUNDING = 3e-7;

    /** Of the length of a step. */
    private static final double STEP_ERROR = 5e-6;

    private static Set<String> optimizers() {
        return Optimizers.names();
    }

    private static ParameterLayout randomLayout(Random random) {
        int rows = 1 + random.nextInt(5);
        int inputs = 1 + random.nextInt(4);
        int features = 1 + random.nextInt(30);
        return OptimizerRun.layout(
                Map.of("bn.weight", Role.NORM_SCALE, "bn.bias", Role.NORM_SHIFT),
                "conv.weight",
                List.of(rows, inputs, 3, 3),
                "bn.weight",
                List.of(rows),
                "bn.bias",
                List.of(rows),
                "scale.weight",
                List.of(rows),
                "hidden.weight",
                List.of(features, rows),
                "hidden.bias",
                List.of(features),
                "fc.weight",
                List.of(3, features),
                "fc.bias",
                List.of(3));
    }

    private static Optimization randomJob(String optimizer, Random random) {
        List<String> settings = new ArrayList<>(
                List.of("weight-decay", random.nextBoolean() ? "0" : "0.05", "decay-all", "" + random.nextBoolean()));
        List<List<String>> clips =
                List.of(List.of("clip-norm", "0"), List.of("clip-norm", "0.3"), List.of("clip-agc", "0.1"));
        settings.addAll(clips.get(random.nextInt(3)));
        String kept = random.nextBoolean() ? "0.9" : "0";
        String epsilon = random.nextBoolean() ? "1e-7" : "0.1";
        settings.addAll(
                switch (optimizer) {
                    case "sgd" -> List.of("momentum", kept);
                    case "lars" -> List.of("momentum", kept, "trust-coefficient", "0.02");
                    default -> List.of("beta1", kept, "beta2", "0.97", "optimizer-epsilon", epsilon);
                });
        return OptimizerRun.job(optimizer, settings.toArray(String[]::new));
    }

    /** From the same state, so that errors of earlier steps do not hide one of this step. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void eachStepIsThatOfTheDefinition(String optimizer) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int each = 0; each < 60; each++) {
            Optimization job = randomJob(optimizer, random);
            ParameterLayout layout = randomLayout(random);
            OptimizerRun run = new OptimizerRun(job, layout, noise(random, layout.size()));
            for (int t = 1; t <= 12; t++) {
                float[] sum = noise(random, layout.size());
                long examples = 1 + random.nextInt(9);
                double rate = 0.01 + 0.1 * random.nextDouble();
                List<Float64Optimizer.Tensor> before = run.twin(sum, examples);
                List<Float64Optimizer.Tensor> twin = run.twin(sum, examples);
                float[] untouched = sum.clone();
                run.step(rate, sum, examples);
                assertThat(sum).as("what others may still read").containsExactly(untouched);
                Float64Optimizer.step(job, twin, t, rate);
                String what = "seed " + seed + ", case " + each + ", step " + t + " of " + job + ", ";
                List<Float64Optimizer.Tensor> after = run.twin(sum, examples);
                for (int i = 0; i < twin.size(); i++) {
                    assertStep(what, before.get(i), after.get(i), twin.get(i));
                }
            }
        }
    }

    private static void assertStep(
            String what,
            Float64Optimizer.Tensor before,
            Float64Optimizer.Tensor after,
            Float64Optimizer.Tensor expected) {
        double rounding = norm(before.weights()) + norm(expected.gradient());
        for (double[] slot : before.slots().values()) {
            rounding += norm(slot);
        }
        rounding *= ROUNDING;
        assertStep(what + before.name(), before.weights(), after.weights(), expected.weights(), rounding);
        assertThat(expected.slots().keySet()).isEqualTo(after.slots().keySet());
        for (String slot : after.slots().keySet()) {
            assertStep(
                    what + slot + " of " + before.name(),
                    before.slots().get(slot),
                    after.slots().get(slot),
                    expected.slots().get(slot),
                    rounding);
        }
    }

    private static void assertStep(String what, double[] before, double[] after, double[] expected, double rounding) {
        assertThat(distance(after, expected))
                .as(what)
                .isLessThanOrEqualTo(rounding + STEP_ERROR * distance(before, expected));
    }

    private static double norm(double[] values) {
        return distance(new double[values.length], values);
    }

    private static double distance(double[] from, double[] to) {
        double squares = 0;
        for (int i = 0; i < from.length; i++) {
            squares += (to[i] - from[i]) * (to[i] - from[i]);
        }
        return Math.sqrt(squares);
    }

    /** Large tensors and many steps: the loops run compiled and vectorized, and must give what they give on every JVM. */
    @ParameterizedTest
    @CsvSource({"lars, clip-norm, 1, 83eeb3a", "lamb, clip-norm, 1, 761d6793", "sgd, clip-agc, 0.01, b7481e65"})
    void givesTheSameBitsOnEveryMachine(String optimizer, String clip, String limit, String bits) {
        Random random = new Random(1);
        ParameterLayout layout = OptimizerRun.layout(
                Map.of(), "a.weight", List.of(37, 139), "a.bias", List.of(37), "fc.weight", List.of(10, 37));
        Optimization job = OptimizerRun.job(optimizer, "weight-decay", "1e-2", clip, limit);
        OptimizerRun run = new OptimizerRun(job, layout, noise(random, layout.size()));
        for (int step = 0; step < 200; step++) {
            run.step(0.01, noise(random, layout.size()), 7);
        }
        ByteBuffer bytes = ByteBuffer.allocate(layout.size() * Float.BYTES);
        bytes.asFloatBuffer().put(run.weights);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        assertThat(Long.toHexString(crc.getValue())).isEqualTo(bits);
    }

    /** Neither a gradient nor weights of zeros make numbers that are none. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void zerosAreNumbersToo(String optimizer) {
        ParameterLayout layout = OptimizerRun.layer(2, 2);
        for (String decay : List.of("0", "0.1")) {
            OptimizerRun still = new OptimizerRun(
                    OptimizerRun.job(optimizer, "weight-decay", decay), layout, new float[layout.size()]);
            still.step(0.1, new float[layout.size()]);
            assertThat(still.weights).containsOnly(0);
        }
        float[] ones = new float[layout.size()];
        Arrays.fill(ones, 1);
        OptimizerRun resting = new OptimizerRun(OptimizerRun.job(optimizer), layout, ones.clone());
        resting.step(0.1, new float[layout.size()]);
        assertThat(resting.weights).as("without a gradient").containsExactly(ones);
        OptimizerRun starting = new OptimizerRun(OptimizerRun.job(optimizer), layout, new float[layout.size()]);
        starting.step(0.1, ones.clone());
        for (float weight : starting.weights) {
            assertThat(weight).as("from zeros").isCloseTo(-0.1f, within(1e-6f));
        }
    }
}
