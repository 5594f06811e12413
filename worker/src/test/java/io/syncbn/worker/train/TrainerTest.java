package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.data.DecodedDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    @TempDir
    Path directory;

    private static Job job(String... namesAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("model", "lenet", "steps", "12", "batch", "5"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return LocalTraining.job(settings);
    }

    private String train(Job job, String name) {
        return LocalTraining.run(job, directory.resolve(name), Optional.empty(), 0);
    }

    @Test
    void aRunThatWasResumedEndsWithTheBitsOfOneThatNeverStopped() throws Exception {
        Job job = job("augment", "true", "dropout", "0.2");
        String whole = LocalTraining.run(job, directory.resolve("whole"), Optional.empty(), 5);
        Path middle = directory.resolve("whole/checkpoints/step-00000005");
        assertThat(middle).isDirectory();

        String resumed = LocalTraining.run(job, directory.resolve("resumed"), Optional.of(middle), 5);

        assertThat(resumed).isEqualTo(whole);
        JsonNode result = new ObjectMapper()
                .readTree(directory.resolve("resumed/result.json").toFile());
        assertThat(result.get("weightsSha256").asText()).isEqualTo(whole);
        assertThat(result.get("steps").asInt()).isEqualTo(12);
    }

    @Test
    void resumingInTheSameDirectoryLeavesOneLineAStep() throws Exception {
        Job job = job();
        Path out = directory.resolve("run");
        LocalTraining.run(job, out, Optional.empty(), 5);
        LocalTraining.run(job, out, Optional.of(out.resolve("checkpoints/step-00000005")), 5);
        List<Integer> steps = Files.readAllLines(out.resolve("metrics.jsonl")).stream()
                .map(TrainerTest::json)
                .filter(line -> line.has("loss"))
                .map(line -> line.get("step").asInt())
                .toList();
        assertThat(steps).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    /** Each from its own step's sums, and the run's from its lines: nothing of it is state that a checkpoint would need. */
    @Test
    void aResumedRunTellsTheGradientsNoiseAsOneThatNeverStopped() throws Exception {
        Job job = job("norm-group", "1");
        Path out = directory.resolve("run");
        LocalTraining.run(job, out, Optional.empty(), 5);
        List<String> whole = noise(out);
        LocalTraining.run(job, out, Optional.of(out.resolve("checkpoints/step-00000005")), 5);
        assertThat(noise(out)).isEqualTo(whole).hasSize(12 + 1).doesNotContain("null null");
    }

    private static List<String> noise(Path run) throws Exception {
        List<String> noise = new ArrayList<>();
        Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(TrainerTest::json)
                .filter(line -> line.has("loss"))
                .forEach(line -> noise.add(line.get("gradientSquare") + " " + line.get("gradientVariance")));
        noise.add(json(Files.readString(run.resolve("result.json")))
                .get("noiseScale")
                .toString());
        return noise;
    }

    @Test
    void resumingAFinishedRunChangesNothing() throws Exception {
        Job job = job();
        Path out = directory.resolve("run");
        String digest = LocalTraining.run(job, out, Optional.empty(), 5);
        String result = Files.readString(out.resolve("result.json"));
        assertThat(LocalTraining.run(job, out, Optional.of(out), 5)).isEqualTo(digest);
        assertThat(Files.readString(out.resolve("result.json"))).isEqualTo(result);
    }

    @Test
    void everythingThatDecidesAResultChangesIt() {
        String base = train(job(), "base");
        assertThat(train(job(), "again")).isEqualTo(base);
        assertThat(train(job("seed", "2"), "seed")).isNotEqualTo(base);
        assertThat(train(job("norm-group", "1"), "local")).isNotEqualTo(base);
        assertThat(train(job("augment", "true"), "augment")).isNotEqualTo(base);
        assertThat(train(job("shuffle", "false"), "shuffle")).isNotEqualTo(base);
        assertThat(train(job("norm-running-variance", "biased"), "biased")).isNotEqualTo(base);
    }

    @Test
    void aCheckpointOfAnotherJobIsRefusedWithWhatDiffers() {
        train(job(), "first");
        Job other = job("lr", "0.3", "seed", "9");
        assertThatThrownBy(() -> LocalTraining.run(
                        other, directory.resolve("second"), Optional.of(directory.resolve("first")), 0))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("--lr is 0.05 there, 0.3 here")
                .hasMessageContaining("--seed is 1 there, 9 here")
                .hasMessageContaining("--init");
    }

    @Test
    void aLossThatIsNotANumberEndsTheRunAndNamesStepAndShard() {
        Job job = job("lr", "1e5", "clip-norm", "0", "schedule", "constant");
        assertThatThrownBy(() -> train(job, "explodes"))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching(
                        "step \\d+: shard \\d: the .* (is|are) (NaN|-?Infinity|not finite); a lower --lr.*");
        assertThat(directory.resolve("explodes/checkpoints/step-00000000")).isDirectory();
        assertThat(directory.resolve("explodes/result.json")).doesNotExist();
    }

    @Test
    void aStepThatFailsLeavesNoTraceInRunningStatistics() {
        Job job = job();
        try (var data = DecodedDataset.open(job)) {
            Replicas replicas = Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
            float[] before =
                    replicas.initialState().replica().runningStatistics().clone();
            try (var collective = new io.syncbn.worker.collective.LocalCollective(3, 3);
                    LocalShards shards = LocalTraining.shards(job, data, replicas, collective)) {
                shards.run(1);
            }
            assertThat(replicas.initialState().replica().runningStatistics()).containsExactly(before);
        }
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
