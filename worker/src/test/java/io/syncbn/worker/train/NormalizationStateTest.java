package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobException;
import io.syncbn.worker.EvaluationRun;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.norm.Normalizers;
import io.syncbn.worker.record.Evaluation;
import io.syncbn.worker.record.Evaluation.Other;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any normalization trains to the same bits, however shards are dealt and wherever it is interrupted. */
class NormalizationStateTest {
    private static final String FROZEN = "frozen";

    @TempDir
    private Path directory;

    /** Leaves every normalization to the job. */
    public static final class Model implements Architecture {
        @Override
        public void define(Net net) {
            net.conv2d("conv1", 8, 3, 2, 1).norm("bn1").relu();
            net.residual("block", main -> main.conv2d("conv1", 8, 3, 1, 1)
                    .norm("bn1")
                    .relu()
                    .conv2d("conv2", 8, 3, 1, 1)
                    .norm("bn2"));
            net.globalAveragePool().dense("fc", net.classes());
        }
    }

    /** Every one that there is, those with arguments by way of example, and what changes batch normalization. */
    static List<Map<String, String>> normalizations() {
        List<Map<String, String>> all = new ArrayList<>();
        for (String usage : Normalizers.usages()) {
            all.add(Map.of("norm", usage.replaceFirst("\\[.*", "").replaceAll(":[A-Z]+", ":2")));
        }
        all.add(Map.of("norm", "batch-group:all:2"));
        all.add(Map.of("norm", "renorm:1.5:0.5", "norm-group", "2"));
        all.add(Map.of("norm-group", "ghost:1"));
        all.add(Map.of("norm-freeze-at", "3"));
        all.add(Map.of("weight-standardization", "true", "norm", "group:2"));
        all.add(Map.of("ema-decay", "0.5", "precise-bn", "2"));
        return all;
    }

    /** Without the one that needs a file for the data of this test; SameBitsTest has it too. */
    static List<Map<String, String>> normalizationsFromTheStart() {
        return normalizations().stream()
                .filter(settings -> !FROZEN.equals(settings.get("norm")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("normalizationsFromTheStart")
    void anyNumberOfWorkersEndsWithTheSameBits(Map<String, String> settings) throws Exception {
        Set<List<String>> digests = new HashSet<>();
        for (int workers : new int[] {1, 2, 4}) {
            NotFiniteTest.train(job(settings, Map.of("on-nan", "skip")), true, workers)
                    .forEach(seen -> digests.add(seen.digests()));
        }
        assertThat(digests).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("normalizations")
    void aRunThatWasResumedEndsWithTheBitsOfOneThatNeverStopped(Map<String, String> settings) {
        Job job = job(settings, Map.of());
        Path whole = directory.resolve("whole");
        String digest = LocalTraining.run(job, whole, Optional.empty(), 4);
        Path middle = whole.resolve("checkpoints/step-00000004");
        assertThat(LocalTraining.run(job, directory.resolve("resumed"), Optional.of(middle), 4))
                .isEqualTo(digest);
    }

    /** Precise statistics stand beside the model: what is trained is the same, also where it was interrupted. */
    @Test
    void preciseStatisticsDoNotShowInTheWeights() throws IOException {
        String without = LocalTraining.run(job(Map.of(), Map.of()), directory.resolve("without"), Optional.empty(), 4);
        Job job = job(Map.of("precise-bn", "all"), Map.of());
        Path whole = directory.resolve("whole");
        assertThat(LocalTraining.run(job, whole, Optional.empty(), 4)).isEqualTo(without);
        Path resumed = directory.resolve("resumed");
        Path middle = whole.resolve("checkpoints/step-00000004");
        assertThat(LocalTraining.run(job, resumed, Optional.of(middle), 4)).isEqualTo(without);
        String file = "checkpoints/step-00000006/precise.safetensors";
        assertThat(resumed.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        assertThat(resumed.resolve(file)).isRegularFile();
        assertThat(Files.readAllLines(whole.resolve("metrics.jsonl")))
                .last()
                .asString()
                .contains("preciseTestAccuracy", "batchTestAccuracy");
    }

    /** A checkpoint can be evaluated in all the ways in which its run was. */
    @Test
    void aCheckpointIsEvaluatedAsItWasInTraining() throws IOException {
        Path run = directory.resolve("run");
        Job job = job(Map.of("ema-decay", "0.5", "precise-bn", "2"), Map.of());
        LocalTraining.run(job, run, Optional.empty(), 0);
        Evaluation evaluation = EvaluationRun.run(job, run, 1);
        assertThat(evaluation.others()).containsOnlyKeys(Other.values());
        String line = Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .filter(text -> text.contains("testLoss"))
                .reduce((first, second) -> second)
                .orElseThrow();
        assertThat(line)
                .contains(
                        "\"testLoss\":" + evaluation.loss() + ",",
                        "\"preciseTestLoss\":" + loss(evaluation, Other.PRECISE) + ",",
                        "\"batchTestLoss\":" + loss(evaluation, Other.BATCH) + ",",
                        "\"emaTestLoss\":" + loss(evaluation, Other.EMA) + ",");
        assertThat(Set.of(evaluation.loss(), loss(evaluation, Other.PRECISE), loss(evaluation, Other.EMA)))
                .hasSize(3);
    }

    private static double loss(Evaluation evaluation, Other way) {
        return evaluation.others().get(way).loss();
    }

    /** Nothing is estimated where nothing is tracked. */
    @Test
    void normalizationsWithoutStatisticsHaveNoPreciseOnes() {
        Path run = directory.resolve("run");
        LocalTraining.run(job(Map.of("norm", "group:2", "precise-bn", "2"), Map.of()), run, Optional.empty(), 0);
        assertThat(run.resolve("checkpoints/step-00000006")).isDirectoryNotContaining("glob:**precise*");
    }

    @Test
    void frozenStatisticsStayAsTheyWere() {
        for (Map<String, String> settings : List.of(Map.of("norm", FROZEN), Map.of("norm-freeze-at", "3"))) {
            Path run = directory.resolve("run" + settings.hashCode());
            Job job = job(settings, Map.of());
            LocalTraining.run(job, run, Optional.empty(), 2);
            ModelState frozen = state(run, job, "step-00000002");
            ModelState last = state(run, job, "step-00000006");
            assertThat(last.replica().runningStatistics())
                    .containsExactly(frozen.replica().runningStatistics());
            assertThat(last.batchesTracked()).isEqualTo(frozen.batchesTracked());
            assertThat(last.replica().weights()).isNotEqualTo(frozen.replica().weights());
        }
    }

    @Test
    void frozenStatisticsMustHaveBeenTrained() {
        Job without = LocalTraining.job(Map.of("model", Model.class.getName(), "steps", "1", "norm", FROZEN));
        assertThatThrownBy(() -> LocalTraining.run(without, directory.resolve("a"), Optional.empty(), 0))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("--norm frozen normalizes by trained statistics; --init must name a file");
        Job bare = job(Map.of("norm", "group:2"), Map.of("steps", "1"));
        LocalTraining.run(bare, directory.resolve("b"), Optional.empty(), 0);
        Path file = directory.resolve("b/checkpoints/step-00000001/model.safetensors");
        Job wrong = LocalTraining.job(
                Map.of("model", Model.class.getName(), "steps", "1", "norm", FROZEN, "init", file.toString()));
        assertThatThrownBy(() -> LocalTraining.run(wrong, directory.resolve("c"), Optional.empty(), 0))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tensor bn1.running_mean is missing");
    }

    private static ModelState state(Path run, Job job, String checkpoint) {
        Checkpoint at = Checkpoint.open(run.resolve("checkpoints").resolve(checkpoint));
        Replicas replicas = replicas(job);
        return at.state(
                replicas.definition().parameters(), replicas.definition().statistics(), replicas.slots());
    }

    private static Replicas replicas(Job job) {
        try (DecodedDataset data = DecodedDataset.open(job)) {
            return Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
        }
    }

    /** Six steps; with frozen statistics, from those of one step of batch normalization. */
    private Job job(Map<String, String> settings, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(
                Map.of("model", Model.class.getName(), "steps", "6", "batch", "2", "shards", "4", "lr", "0.02"));
        all.putAll(settings);
        all.putAll(others);
        if ("fixup".equals(all.get("norm"))) {
            all.put("model", "resnet20");
        }
        if (FROZEN.equals(all.get("norm"))) {
            Path trained = directory.resolve("trained");
            LocalTraining.run(job(Map.of(), Map.of("steps", "1")), trained, Optional.empty(), 0);
            all.put(
                    "init",
                    trained.resolve("checkpoints/step-00000001/model.safetensors")
                            .toString());
        }
        return LocalTraining.job(all);
    }
}
