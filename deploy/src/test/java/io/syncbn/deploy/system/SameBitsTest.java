package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.norm.Normalizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promise: the weights after a job do not depend on how many workers ran it, nor on an interruption.
 *
 * <p>Of 27 rows on 6 shards of 2 a step, the last step of an epoch has one row in each of shards 0 to 2 and none in the
 * others, so that some normalization groups of that step are empty too.
 */
class SameBitsTest {
    private static final int TRAIN_ROWS = 27;
    private static final int STEPS_PER_EPOCH = 3;
    private static final int STEPS = 2 * STEPS_PER_EPOCH + 1;

    private static final Map<String, String> JOB =
            Map.of("model", WideHead.class.getName(), "augment", "true", "dropout", "0.2", "shards", "6", "batch", "2");

    /** A residual network whose gradient is more than one chunk, so that its parts may come in any order. */
    public static final class WideHead implements Architecture {
        @Override
        public void define(Net net) {
            SmallResNet.defineFeatures(net);
            net.dense("hidden", 2100).relu().dropout().dense("fc", net.classes());
        }
    }

    @TempDir
    private static Path shared;

    private static Path data;

    @TempDir
    private Path directory;

    @BeforeAll
    static void writeData() throws IOException {
        data = NpyPictures.write(shared.resolve("npy"), TRAIN_ROWS, 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "2", "1"})
    void anyNumberOfWorkersEndsWithTheSameBits(String normGroup) throws Exception {
        List<String> weights = new ArrayList<>();
        for (int workers : new int[] {1, 1, 2, 3, 5}) {
            weights.add(weights(workers, Map.of("norm-group", normGroup)));
        }
        assertThat(weights).allMatch(sha -> sha.matches("[0-9a-f]{64}")).containsOnly(weights.get(0));
    }

    @ParameterizedTest
    @MethodSource("normalizations")
    void anyNumberOfWorkersEndsWithTheSameBitsByAnyNormalization(String norm) throws Exception {
        List<String> weights = new ArrayList<>();
        Map<String, String> settings =
                norm.equals("frozen") ? Map.of("norm", norm, "init", trained()) : Map.of("norm", norm);
        for (int workers : new int[] {1, 2, 3, 5}) {
            weights.add(weights(workers, settings));
        }
        assertThat(weights).allMatch(sha -> sha.matches("[0-9a-f]{64}")).containsOnly(weights.get(0));
    }

    /** Each that there is, with 2 for its arguments, and without those that may be left out. */
    static List<String> normalizations() {
        return Normalizers.usages().stream()
                .map(usage -> usage.replaceFirst("\\[.*", "").replaceAll(":[A-Z]+", ":2"))
                .toList();
    }

    @Test
    void theBitsDependOnWhatDecidesTheResult() throws Exception {
        List<String> weights = new ArrayList<>();
        for (Map<String, String> settings : List.of(
                Map.of("norm-group", "all"),
                Map.of("norm-group", "2"),
                Map.of("seed", "2"),
                Map.of("augment", "false"),
                Map.of("dropout", "0.3"))) {
            weights.add(weights(1, settings));
        }
        assertThat(weights).doesNotHaveDuplicates();
    }

    /** Weights and statistics of a trained model. */
    private String trained() throws Exception {
        weights(1, Map.of());
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("step-0000000" + STEPS + "/model.safetensors"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
    }

    private String weights(int workers, Map<String, String> settings) throws Exception {
        Map<String, String> job = new HashMap<>(JOB);
        job.put("data", "npy:" + data);
        job.put("steps", Integer.toString(STEPS));
        job.putAll(settings);
        if ("fixup".equals(settings.get("norm"))) {
            job.put("model", "resnet20"); // one that can be built without normalization
        }
        Path run = Files.createTempDirectory(directory, "run");
        Cluster.train(JobParser.parse(job, workers), workers, run);
        assertThat(Syncbn.result(run).path("workers").asInt()).isEqualTo(workers);
        assertThat(Syncbn.result(run).path("steps").asInt()).isEqualTo(STEPS);
        return Syncbn.result(run).path("weightsSha256").asText();
    }

    /** The newest checkpoint is damaged, too, so that it goes on from the one before. */
    @Test
    void aKilledAndResumedRunEndsWithTheBitsOfOneThatNeverStopped() throws Exception {
        int steps = 600;
        Path whole = directory.resolve("whole");
        Syncbn.succeed(train(whole, steps, 1));

        Path run = directory.resolve("killed");
        try (Syncbn killed = Syncbn.start(train(run, steps, 2))) {
            Path third = run.resolve("checkpoints/step-00000020");
            Syncbn.await("three checkpoints", Syncbn.PATIENCE, () -> Syncbn.newestCheckpoint(run)
                    .filter(newest -> newest.compareTo(third) >= 0)
                    .isPresent());
            Syncbn.signal(killed.handle(), "KILL");
            Syncbn.await("the end of all processes", Syncbn.PATIENCE, () -> Syncbn.processesOf(run)
                    .isEmpty());
        }
        assertThat(run.resolve("result.json")).doesNotExist();
        Path damaged = Syncbn.newestCheckpoint(run).orElseThrow().resolve("model.safetensors");
        byte[] model = Files.readAllBytes(damaged);
        model[model.length - 9] ^= 1;
        Files.write(damaged, model);

        assertThat(Syncbn.succeed("train", "--resume", run, "--workers", "3").err())
                .contains("a checkpoint is not whole and is passed over: " + damaged);
        assertThat(Syncbn.result(run).path("weightsSha256"))
                .isEqualTo(Syncbn.result(whole).path("weightsSha256"));
        assertThat(stepsOf(run)).isEqualTo(steps).isEqualTo(stepsOf(whole));
    }

    /** Lines of steps in the metrics: each step once, whatever was interrupted. */
    private static long stepsOf(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .filter(line -> line.contains("stepMillis"))
                .count();
    }

    private static Object[] train(Path run, int steps, int workers) {
        List<Object> arguments = new ArrayList<>(List.of("train", "--data", "npy:" + data, "--out", run));
        arguments.addAll(List.of("--steps", steps, "--workers", workers, "--norm-group", 2));
        arguments.addAll(List.of("--checkpoint-every", 10, "--evaluate-every", 100));
        JOB.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments.toArray();
    }
}
