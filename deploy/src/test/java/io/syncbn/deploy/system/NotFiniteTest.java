package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.checkpoint.Safetensors;
import io.syncbn.worker.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One picture of the training data is louder than all others, and the first weights are so large that it overflows and the
 * others do not. Normalization takes the weights' size out again.
 */
class NotFiniteTest {
    private static final int TRAIN_ROWS = 24;
    private static final int PICTURE_BYTES = 3 * 12 * 12;
    private static final int HEADER_BYTES = 128;

    /** The fifth of shard 2's rows 2, 6, 10 …: without shuffling, in the third step of an epoch of three. */
    private static final int LOUD_ROW = 18;

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private Map<String, String> job;

    @BeforeEach
    void prepare() throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), TRAIN_ROWS, 8);
        quieten(data.resolve("x_train.npy"), LOUD_ROW);
        quieten(data.resolve("x_test.npy"), -1);
        job = new HashMap<>(
                Map.of("model", SmallResNet.class.getName(), "data", "npy:" + data, "shards", "4", "batch", "2"));
        job.putAll(Map.of("shuffle", "false", "steps", "8", "norm-track-running", "false", "on-nan", "skip"));
        Path fresh = train(1, "fresh").resolve("checkpoints/step-00000000/model.safetensors");
        job.put("init", enlarge(fresh).toString());
    }

    /** Takes most of the contrast out of all rows but one. */
    private static void quieten(Path file, int loudRow) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = HEADER_BYTES; i < bytes.length; i++) {
            if ((i - HEADER_BYTES) / PICTURE_BYTES != loudRow) {
                bytes[i] = (byte) (120 + (bytes[i] & 15));
            }
        }
        Files.write(file, bytes);
    }

    private Path enlarge(Path model) throws IOException {
        List<StoredTensor> tensors = new ArrayList<>();
        for (StoredTensor tensor :
                Safetensors.decode(model, Files.readAllBytes(model)).tensors().values()) {
            float[] values = tensor.floats();
            if (tensor.name().equals("conv1.weight")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] *= 4e37f;
                }
            }
            tensors.add(StoredTensor.ofFloats(tensor.name(), tensor.spec().dimensions(), values));
        }
        return Files.write(directory.resolve("init.safetensors"), Safetensors.encode(tensors, Map.of()));
    }

    private Path train(int workers, String name) throws Exception {
        Path run = directory.resolve(name);
        Cluster.train(JobParser.parse(job, workers), workers, run);
        return run;
    }

    @Test
    void stepsAreLeftOutByAnyNumberOfWorkersAlike() throws Exception {
        List<String> weights = new ArrayList<>();
        for (int workers : new int[] {1, 2, 4}) {
            Path run = train(workers, "run-" + workers);
            assertThat(stepsLeftOut(run)).as("with %d workers", workers).containsExactly(3, 6);
            weights.add(Syncbn.result(run).path("weightsSha256").asText());
            assertThat(Syncbn.result(run).path("trainLoss").isNumber()).isTrue();
        }
        assertThat(weights).containsOnly(weights.get(0));
    }

    private static List<Integer> stepsLeftOut(Path run) throws IOException {
        List<Integer> steps = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode step = JSON.readTree(line);
            if (step.has("skipped")) {
                steps.add(step.path("step").asInt());
            }
        }
        return steps;
    }
}
