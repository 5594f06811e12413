package io.syncbn.worker.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.PyTorch;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Safetensors;
import io.syncbn.worker.checkpoint.StoredTensor;
import io.syncbn.worker.nn.FileOrder;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.norm.Normalizers;
import io.syncbn.worker.optim.Float64Optimizer;
import io.syncbn.worker.optim.Optimizers;
import io.syncbn.worker.optim.Slots;
import io.syncbn.worker.optim.WeightUpdates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How far one step of training is from the same in float64, for every normalization: the error of each weight, relative to
 * the way that the step goes, in the median over weights and steps. Each step begins with the state that the steps before
 * it have left here, and goes over shards of unlike numbers of examples, one of them empty.
 *
 * <p>Batches are drawn until no input of a ReLU is near 0 in float64, so that all three take the same branches.
 */
class NormalizationStepTest {
    private static final int[] EXAMPLES = {5, 0, 2, 4};
    private static final int SEEDS = 6;
    private static final int STEPS = 4;

    /** So large that the rounding of the weights themselves does not hide the gradients' errors. */
    private static final double RATE = 1;

    private static final double MOMENTUM = 0.9;

    /** Medians of some ten thousand errors; on another processor the errors are others. */
    private static final double TOLERANCE = 1.1;

    @TempDir
    private Path directory;

    /** What a step made of the weights. */
    private record Step(ModelDefinition definition, float[] before, double[] exact, float[] ours, Path files) {}

    private static Map<String, Map<String, String>> cases() {
        Map<String, Map<String, String>> cases = new LinkedHashMap<>();
        cases.put("batch", Map.of());
        cases.put("batch, by groups of 3 shards", Map.of("norm-group", "3"));
        cases.put("batch, by shards", Map.of("norm-group", "1"));
        cases.put("batch, by ghosts of 2", Map.of("norm-group", "ghost:2"));
        for (String norm : List.of(
                "group:4",
                "layer",
                "instance",
                "batch-group:2:4",
                "batch-group:all:4",
                "renorm:1.2:0.3",
                "frozen",
                "rms",
                "frn",
                "evonorm-s0:4",
                "none",
                "weight-norm")) {
            cases.put(norm, Map.of("norm", norm));
        }
        cases.put("group:4, weight standardization", Map.of("norm", "group:4", "weight-standardization", "true"));
        cases.put("fixup", Map.of("norm", "fixup"));
        return cases;
    }

    static Set<String> names() {
        return cases().keySet();
    }

    @Test
    void everyNormalizationIsThere() {
        assertThat(cases().values())
                .extracting(settings -> settings.getOrDefault("norm", "batch").split(":")[0])
                .containsAll(Normalizers.usages().stream()
                        .map(usage -> usage.split("[:\\[]")[0])
                        .toList());
    }

    /** Of all weights together, and of each parameter, in which a few may hardly move. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void errorsAreThoseOfRounding(String name) throws IOException {
        List<Step> steps = steps(job(cases().get(name)), name, 1);
        assertThat(median(steps, Step::ours)).as(name).isLessThan(2e-6);
        for (Entry entry : steps.get(0).definition().parameters().entries()) {
            assertThat(median(steps, Step::ours, entry.offset(), entry.offset() + entry.size()))
                    .as("%s: error of %s", name, entry.name())
                    .isLessThan(1e-4);
        }
    }

    @Test
    void errorsAreNoLargerThanPyTorchs() throws Exception {
        PyTorch.assumeThere();
        Map<String, List<Step>> steps = new LinkedHashMap<>();
        for (Map.Entry<String, Map<String, String>> each : cases().entrySet()) {
            steps.put(each.getKey(), steps(job(each.getValue()), each.getKey(), SEEDS));
        }
        List<String> arguments = new ArrayList<>(List.of("step"));
        steps.values()
                .forEach(all -> all.forEach(step -> arguments.add(step.files().toString())));
        PyTorch.run(directory, SmallNet.inPyTorch(), arguments);
        SoftAssertions softly = new SoftAssertions();
        System.out.printf(Locale.ROOT, "%-32s %10s %10s %6s%n", "median error of a step", "ours", "PyTorch's", "ratio");
        for (Map.Entry<String, List<Step>> each : steps.entrySet()) {
            double ours = median(each.getValue(), Step::ours);
            double theirs = median(each.getValue(), NormalizationStepTest::theirs);
            System.out.printf(Locale.ROOT, "%-32s %10.3g %10.3g %6.3f%n", each.getKey(), ours, theirs, ours / theirs);
            softly.assertThat(ours).as(each.getKey()).isLessThanOrEqualTo(TOLERANCE * theirs);
        }
        softly.assertAll();
    }

    private static Job job(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("weight-decay", "0");
        all.put("momentum", "" + MOMENTUM);
        return JobParser.parse(all, EXAMPLES.length);
    }

    private List<Step> steps(Job job, String name, int seeds) throws IOException {
        ModelDefinition definition = SmallNet.define(job);
        List<Step> steps = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            Random random = new Random(seed);
            Replica replica = definition.newReplica(seed);
            for (int i = 0; i < replica.weights().length; i++) {
                replica.weights()[i] += (float) (0.1 * random.nextGaussian());
            }
            for (int i = 0; i < replica.runningStatistics().length; i++) {
                replica.runningStatistics()[i] += (float) (0.3 * random.nextDouble());
            }
            int size = replica.weights().length;
            Slots slots =
                    Slots.zeros(Optimizers.of(job.optimization().optimizer()).slots(), size);
            WeightUpdates updates = new WeightUpdates(job.optimization(), replica.parameters(), slots);
            for (int step = 1; step <= STEPS; step++) {
                Path files = directory.resolve(name.replaceAll("[^a-z0-9]", "-") + "-" + seed + "-" + step);
                float[] before = FileOrder.of(replica.parameters(), replica.weights());
                SmallNetBatch batch = SmallNetBatch.awayFromKinks(job, replica, random, EXAMPLES);
                double[] exact = exact(job, replica, slots, batch.float64Gradient());
                write(files, batch, new ModelState(replica, 0, slots, 0));
                updates.step(replica.weights(), batch.gradientSum(definition), batch.examples(), RATE);
                steps.add(new Step(
                        definition, before, exact, FileOrder.of(replica.parameters(), replica.weights()), files));
            }
        }
        return steps;
    }

    /** The weights after a step in float64. */
    private static double[] exact(Job job, Replica replica, Slots slots, Map<String, double[]> gradients) {
        List<Float64Optimizer.Tensor> tensors = new ArrayList<>();
        for (Entry entry : replica.parameters().entries()) {
            Map<String, double[]> state = new HashMap<>();
            slots.arrays().forEach((name, array) -> state.put(name, widened(array, entry)));
            tensors.add(new Float64Optimizer.Tensor(
                    entry.name(),
                    widened(replica.weights(), entry),
                    gradients.get(entry.name()),
                    state,
                    entry.dimensions().get(0),
                    entry.role() == Role.WEIGHT));
            double rate = entry.role() == Role.SCALAR ? RATE / 10 : RATE;
            Float64Optimizer.step(job.optimization(), tensors.subList(tensors.size() - 1, tensors.size()), 1, rate);
        }
        return tensors.stream()
                .flatMapToDouble(tensor -> Arrays.stream(tensor.weights()))
                .toArray();
    }

    private static double[] widened(float[] flat, Entry entry) {
        float[] elements = entry.read(flat);
        double[] wide = new double[elements.length];
        Arrays.setAll(wide, i -> elements[i]);
        return wide;
    }

    private static void write(Path files, SmallNetBatch batch, ModelState state) throws IOException {
        Map<String, String> settings = new HashMap<>(batch.settings());
        settings.put("lr", "" + RATE);
        settings.put("momentum", "" + MOMENTUM);
        Files.write(Path.of(files + ".batch"), Safetensors.encode(batch.tensors(), settings));
        Files.write(Path.of(files + ".model"), Safetensors.encode(state.modelTensors(), Map.of()));
        Files.write(Path.of(files + ".buffers"), Safetensors.encode(state.optimizerTensors(), Map.of()));
    }

    private static float[] theirs(Step step) {
        Path file = Path.of(step.files() + ".after");
        Map<String, StoredTensor> tensors;
        try {
            tensors = Safetensors.decode(file, Files.readAllBytes(file)).tensors();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        float[] weights = new float[step.before().length];
        for (Entry entry : step.definition().parameters().entries()) {
            System.arraycopy(tensors.get(entry.name()).floats(), 0, weights, entry.offset(), entry.size());
        }
        return weights;
    }

    /** Of the weights in a range that move at all. */
    private static double median(List<Step> steps, Function<Step, float[]> weights, int from, int to) {
        double[] errors = steps.stream()
                .flatMapToDouble(step -> {
                    float[] after = weights.apply(step);
                    return IntStream.range(from, to)
                            .filter(i -> step.exact()[i] != step.before()[i])
                            .mapToDouble(i -> Math.abs(after[i] - step.exact()[i])
                                    / Math.abs(step.exact()[i] - step.before()[i]));
                })
                .sorted()
                .toArray();
        return errors[errors.length / 2];
    }

    private static double median(List<Step> steps, Function<Step, float[]> weights) {
        return median(steps, weights, 0, steps.get(0).before().length);
    }
}
