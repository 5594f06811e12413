package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.deploy.Python;
import io.syncbn.deploy.export.OnnxRuntime;
import io.syncbn.proto.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves, in other people's programs: the same accuracy as {@code syncbn evaluate} says. */
@Timeout(600)
class ExportTest {
    private static final int TEST_ROWS = 230;
    private static final int SIDE = 12;
    private static final int CHANNELS = 3;

    @TempDir
    private static Path directory;

    private static Path data;
    private static Path run;
    private static String accuracy;

    @BeforeAll
    static void train() throws IOException {
        data = NpyPictures.writeTinted(directory.resolve("data"), 640, TEST_ROWS);
        run = directory.resolve("run");
        Syncbn.succeed(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=resnet20",
                "--workers=1",
                "--shards=2",
                "--batch=8",
                "--lr=0.05",
                "--norm-momentum=0.3",
                "--steps=40");
        accuracy = Syncbn.succeed("evaluate", "--checkpoint", run)
                .out()
                .lines()
                .findFirst()
                .orElseThrow();
        // A model that guesses would agree with any other.
        assertThat(Syncbn.result(run).path("testAccuracy").asDouble()).isBetween(0.5, 0.995);
    }

    private static Path checkpoint() {
        return Syncbn.newestCheckpoint(run).orElseThrow();
    }

    @Test
    void readmesScriptSaysTheSameAccuracy() throws Exception {
        Python.assumeHas(directory, "torch", "numpy", "safetensors");
        Matcher script = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(script.find()).isTrue();
        assertThat(Python.run(directory, script.group(1), checkpoint().toString(), data.toString())
                        .strip())
                .isEqualTo(accuracy);
    }

    @Test
    void anExportedModelHasTheSameAccuracyOnTheWholeTestSet() throws Exception {
        Path file = directory.resolve("model.onnx");
        Syncbn.Ended ended = Syncbn.succeed("export", "onnx", run, "--out", file);
        assertThat(ended.out()).isEqualTo(file + "  " + Files.size(file) + " bytes, from " + checkpoint() + "\n");
        byte[] pictures = NpyPictures.bytes(data.resolve("x_test.npy"));
        byte[] labels = NpyPictures.bytes(data.resolve("y_test.npy"));
        float[] input = new float[pictures.length];
        for (int i = 0; i < input.length; i++) {
            input[i] = pictures[i] & 0xFF;
        }
        int correct = 0;
        try (OnnxRuntime runtime = new OnnxRuntime(Files.readAllBytes(file))) {
            float[][] logits = runtime.logits(input, TEST_ROWS, CHANNELS, SIDE, SIDE);
            for (int row = 0; row < TEST_ROWS; row++) {
                correct += largest(logits[row]) == labels[row] ? 1 : 0;
            }
        }
        assertThat(String.format(
                        Locale.ROOT, "test accuracy  %.2f %%  on %d examples", 100.0 * correct / TEST_ROWS, TEST_ROWS))
                .isEqualTo(accuracy);
    }

    private static int largest(float[] logits) {
        int largest = 0;
        for (int k = 1; k < logits.length; k++) {
            largest = logits[k] > logits[largest] ? k : largest;
        }
        return largest;
    }

    /** The error says what to do, and that helps. */
    @Test
    void aCheckpointOfAnEarlierVersionIsKeptAnew() throws Exception {
        Path old = directory.resolve("old");
        Syncbn.succeed("train", "--model=mlp", "--workers=1", "--steps=2", "--out=" + old);
        Path checkpoint = Syncbn.newestCheckpoint(old).orElseThrow();
        toFormat3(checkpoint.resolve("state.json"));
        Path file = directory.resolve("old.onnx");
        Syncbn.Ended refused = Syncbn.run("export", "onnx", "--from", old, "--out", file);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("syncbn: checkpoint " + checkpoint + " keeps neither the names of its classes nor what inputs"
                        + " are normalized by, as those of earlier versions do not; train --resume with its directory"
                        + " keeps it anew, with both");
        Syncbn.succeed("train", "--resume", old);
        Syncbn.succeed("export", "onnx", old, "--out", file);
        assertThat(file).isNotEmptyFile();
    }

    private static void toFormat3(Path file) throws IOException {
        ObjectNode state = (ObjectNode) new ObjectMapper().readTree(file.toFile());
        state.remove("data");
        state.remove("sha256");
        state.put("formatVersion", 3);
        state.put("sha256", Sha256.hex(state.toString()));
        Files.writeString(file, state.toString());
    }

    @Test
    void whatIsWrongIsNamed() {
        Syncbn.Ended nothing = Syncbn.run("export", "onnx", "--input=raw", "--fold-bn=yes");
        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.err()).endsWith("""
                syncbn: 4 problems:
                  --from CHECKPOINT-or-RUN is missing
                  --out FILE is missing
                  --input is 'raw'; expected stored or normalized
                  --fold-bn is 'yes'; expected true or false
                See syncbn export onnx --help
                """);
        Path nowhere = directory.resolve("nowhere");
        Syncbn.Ended noRun = Syncbn.run("export", "onnx", nowhere, "--out", directory.resolve("none.onnx"));
        assertThat(noRun.exitCode()).isEqualTo(2);
        assertThat(noRun.err()).contains(nowhere.toString());
        Syncbn.Ended noDirectory = Syncbn.run("export", "onnx", run, "--out", directory.resolve("missing/model.onnx"));
        assertThat(noDirectory.exitCode()).isEqualTo(2);
        assertThat(noDirectory.err())
                .contains("--out is '" + directory.resolve("missing/model.onnx")
                        + "'; expected a file in a directory that is there");
    }
}
