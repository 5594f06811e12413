package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.sums.Chunks;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Safetensors;
import io.syncbn.worker.checkpoint.StoredTensor;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.Numbers;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.norm.Normalizers;
import io.syncbn.worker.optim.Optimizers;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.record.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole trainings, by the code that trains, against {@link Float64Training}: the promise that shards behave as one machine,
 * over many steps and everything that a step does.
 *
 * <p>Rows do not divide evenly: at the end of each epoch batches are uneven and some shards have none.
 */
class TrajectoryTest {
    private static final int STEPS = 25;

    /*
     * Float32 rounds by 6e-8 of a number. What 25 steps make of it, measured: 4e-7 of the loss, 1e-6 of a tensor's largest
     * weight, 2e-6 of its largest momentum, 1e-5 of its largest running statistic (the first layer's mean, which is 0.03
     * beside a deviation of 1, because the data is normalized). Tolerances are ten to fifty times that. The smallest
     * mistake there is to find, one of n/(n - 1) rows in the running variance, is 1e-3.
     *
     * What could exceed them without a mistake: an activation so near to 0 that rounding decides whether its ReLU passes
     * the gradient. Of the 300,000 in a case, about 1 in 10^7 is. With fixed seeds this is one fact a kind of processor.
     */
    private static final double LOSS = 1e-5;
    private static final double WEIGHTS = 2e-5;
    private static final double SLOTS = 5e-5;

    private static final double RUNNING = 1e-4;

    @TempDir
    Path directory;

    /** A job's settings beside the common ones, and how many training rows there are. */
    record Case(String name, int trainRows, Map<String, String> settings) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                // Shards of 17, 16, 16 rows: the fifth step of an epoch has 1, 0, 0 examples.
                new Case("all shards in one group", 49, Map.of("shards", "3", "batch", "4")),
                // Shards of 7, 7, 7, 6, 6: the third step has 1, 1, 1, 0, 0, so that group 1 is half and group 2 empty.
                new Case("groups of two", 33, Map.of("shards", "5", "batch", "3", "norm-group", "2")),
                new Case(
                        "cumulative mean, biased variance",
                        49,
                        Map.of(
                                "shards", "4",
                                "batch", "3",
                                "norm-momentum", "cumulative",
                                "norm-running-variance", "biased")),
                new Case(
                        "precise statistics of all rows",
                        49,
                        Map.of("shards", "3", "batch", "4", "precise-bn", "all", "augment", "false")),
                new Case(
                        "precise statistics of two batches, groups of two",
                        33,
                        Map.of("shards", "5", "batch", "3", "norm-group", "2", "precise-bn", "2")),
                new Case(
                        "average of weights",
                        49,
                        Map.of("shards", "3", "batch", "4", "ema-decay", "0.8", "optimizer", "sgd")),
                new Case(
                        "average of weights, precise statistics",
                        33,
                        Map.of("shards", "3", "batch", "4", "ema-decay", "0.5", "precise-bn", "2")),
                new Case(
                        "Nesterov, clipped",
                        49,
                        Map.of("shards", "3", "batch", "4", "nesterov", "true", "clip-norm", "0.5")),
                new Case(
                        "adaptive clipping, root of the batch",
                        33,
                        Map.of("shards", "5", "batch", "3", "clip-agc", "0.02", "scale-lr", "sqrt")),
                new Case(
                        "LARS",
                        49,
                        Map.of("shards", "3", "batch", "4", "optimizer", "lars", "trust-coefficient", "0.05")),
                new Case(
                        "LAMB",
                        33,
                        Map.of(
                                "shards", "5",
                                "batch", "3",
                                "optimizer", "lamb",
                                "lr", "0.01",
                                "clip-norm", "1",
                                // Larger than gradients that are nothing but rounding.
                                "optimizer-epsilon", "1e-4")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shardsTrainAsOneMachine(Case each) throws IOException {
        TrajectoryData data = TrajectoryData.random(
                31, TrajectoryModel.INPUT, TrajectoryModel.CLASSES, each.trainRows(), 2 * 16 * 3 + 7);
        data.write(directory.resolve("data"));
        Job job = job(each);
        ModelDefinition definition = ModelDefinition.of(
                new TrajectoryModel(),
                TrajectoryModel.INPUT,
                TrajectoryModel.CLASSES,
                Normalizers.of(job.model().normalization()),
                0);
        assertThat(Chunks.ofGradient(definition.parameters().size()).count()).isEqualTo(2);
        Float64Layers.Parameters first = Float64Layers.Parameters.of(
                definition.newReplica(job.determinism().seed()));
        Float64Training twin = new Float64Training(job, data, definition.parameters(), first);

        Path out = directory.resolve("run");
        LocalTraining.run(job, out, Optional.empty(), 0);

        int precise = Math.min(job.model().normalization().running().preciseBatches(), twin.stepsPerEpoch());
        assertMetrics(twin, precise, Files.readAllLines(out.resolve("metrics.jsonl")));
        assertPrecise(twin, precise, out, definition.statistics());
        SlotNames slots = Optimizers.of(job.optimization()).slots();
        assertState(twin, Checkpoint.open(out).state(definition.parameters(), definition.statistics(), slots));
    }

    private Job job(Case each) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "model", TrajectoryModel.class.getName(),
                "data", "npy:" + directory.resolve("data"),
                "steps", Integer.toString(STEPS),
                "lr", "0.1",
                "weight-decay", "0.01",
                "schedule", "cosine",
                "warmup", "1",
                "label-smoothing", "0.1"));
        settings.putAll(each.settings());
        return LocalTraining.job(settings);
    }

    /** Each step's loss and learning rate, and the evaluations between them; this trains the twin. */
    private static void assertMetrics(Float64Training twin, int precise, List<String> lines) throws IOException {
        int step = 0;
        int evaluations = 0;
        int averages = 0;
        for (String text : lines) {
            JsonNode line = new ObjectMapper().readTree(text);
            if (line.has("testLoss")) {
                Evaluation expected = twin.evaluate();
                assertRelative("test loss", line.get("testLoss").asDouble(), expected.loss(), LOSS);
                assertThat(line.get("testAccuracy").asDouble()).isEqualTo(expected.accuracy());
                evaluations++;
                if (line.has("emaTestLoss")) {
                    expected = twin.evaluateAverage(precise);
                    assertRelative("average", line.get("emaTestLoss").asDouble(), expected.loss(), LOSS);
                    assertThat(line.get("emaTestAccuracy").asDouble()).isEqualTo(expected.accuracy());
                    averages++;
                }
                assertThat(line.has("preciseTestLoss")).isEqualTo(precise > 0);
                if (precise > 0) {
                    expected = twin.evaluate(twin.precise(precise));
                    assertRelative("precise", line.get("preciseTestLoss").asDouble(), expected.loss(), LOSS);
                    assertThat(line.get("preciseTestAccuracy").asDouble()).isEqualTo(expected.accuracy());
                    expected = twin.evaluateByBatches();
                    assertRelative("by batches", line.get("batchTestLoss").asDouble(), expected.loss(), LOSS);
                    assertThat(line.get("batchTestAccuracy").asDouble()).isEqualTo(expected.accuracy());
                }
            } else {
                step++;
                double loss = twin.step(step);
                assertRelative("loss of step " + step, line.get("loss").asDouble(), loss, LOSS);
                assertThat(line.get("learningRate").asDouble()).isCloseTo(twin.learningRate(step), within(1e-12));
            }
        }
        assertThat(step).isEqualTo(STEPS);
        assertThat(averages).isEqualTo(twin.hasAverage() ? evaluations : 0);
        assertThat(evaluations).isEqualTo((STEPS + twin.stepsPerEpoch() - 1) / twin.stepsPerEpoch());
    }

    private static void assertPrecise(Float64Training twin, int batches, Path run, ParameterLayout layout)
            throws IOException {
        Path file =
                run.resolve("checkpoints/step-" + String.format(Locale.ROOT, "%08d", STEPS) + "/precise.safetensors");
        assertThat(Files.exists(file)).isEqualTo(batches > 0);
        if (batches > 0) {
            Map<String, double[]> expected = twin.precise(batches);
            Map<String, StoredTensor> stored =
                    Safetensors.decode(file, Files.readAllBytes(file)).tensors();
            assertThat(stored).hasSameSizeAs(layout.entries());
            for (ParameterLayout.Entry entry : layout.entries()) {
                float[] found = stored.get(entry.name()).floats();
                Numbers.assertClose(entry.name(), found, expected.get(entry.name()), RUNNING);
            }
        }
    }

    private static void assertState(Float64Training twin, ModelState state) {
        Replica replica = state.replica();
        assertThat(state.step()).isEqualTo(STEPS);
        assertThat(state.batchesTracked()).isEqualTo(twin.batchesTracked);
        assertAll("weight", replica.parameters(), replica.weights(), twin.parameters.values, WEIGHTS);
        state.slots().arrays().forEach((slot, values) -> {
            Map<String, double[]> expected = new HashMap<>();
            twin.slots.forEach(
                    (name, of) -> expected.put(name, slot.equals("ema") ? twin.average.get(name) : of.get(slot)));
            assertAll(slot, replica.parameters(), values, expected, SLOTS);
        });
        assertAll("running", replica.statistics(), replica.runningStatistics(), twin.running, RUNNING);
    }

    private static void assertAll(
            String what, ParameterLayout layout, float[] actual, Map<String, double[]> expected, double tolerance) {
        for (ParameterLayout.Entry entry : layout.entries()) {
            Numbers.assertClose(what + " " + entry.name(), entry.read(actual), expected.get(entry.name()), tolerance);
        }
    }

    private static void assertRelative(String what, double actual, double expected, double tolerance) {
        assertThat(actual).as(what).isCloseTo(expected, within(tolerance * expected));
    }
}
