package io.syncbn.deploy.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import com.google.protobuf.InvalidProtocolBufferException;
import io.syncbn.deploy.Python;
import io.syncbn.deploy.export.schema.Onnx.ModelProto;
import io.syncbn.deploy.export.schema.Onnx.NodeProto;
import io.syncbn.worker.models.Models;
import io.syncbn.worker.nn.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exported models against our own evaluation, in ONNX Runtime. */
class OnnxFileTest {
    /** Of the largest logit. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path directory;

    static Set<String> models() {
        return Models.names();
    }

    /** A model's settings beside the smallest ones that show each normalizer. */
    static Stream<Map<String, String>> normalizers() {
        Stream<Map<String, String>> ofPictures = Stream.of(
                        "batch",
                        "group:4",
                        "layer",
                        "instance",
                        "batch-group:2:4",
                        "batch-group:1:4",
                        "batch-group:all:8",
                        "renorm",
                        "frozen",
                        "rms",
                        "frn",
                        "evonorm-s0:4",
                        "weight-norm",
                        "fixup",
                        "none")
                .map(norm -> Map.of("model", "resnet8", "norm", norm));
        Stream<Map<String, String>> others = Stream.of(
                Map.of("model", "resnet8", "norm", "batch", "weight-standardization", "true"),
                Map.of("model", "resnet8", "norm", "group:8", "weight-standardization", "true"),
                Map.of("model", "resnet8", "norm", "batch", "norm-affine", "false"),
                Map.of("model", "resnet8", "norm", "group:2", "norm-affine", "false"),
                Map.of("model", "resnet8", "norm", "batch", "norm-group", "ghost:2"),
                Map.of("model", "resnet8", "norm", "batch-group:1:4", "norm-track-running", "false"),
                Map.of("model", PreActivation.class.getName(), "norm", "batch"),
                Map.of("model", "lenet", "norm", "group:2"),
                Map.of("model", "lenet", "norm", "batch", "dropout", "0.5"),
                flat("batch"),
                flat("layer"),
                flat("evonorm-s0:4"));
        return Stream.concat(ofPictures, others);
    }

    private static Map<String, String> flat(String norm) {
        return Map.of("model", "mlp", "norm", norm, "data", "class:" + Flowers.class.getName());
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyModelGivesOurLogits(String model) throws Exception {
        BrieflyTrained trained = trained(Map.of("model", model, "image-size", "32"));
        assertOurLogits(trained, OnnxFile.Input.STORED, true);
        assertOurLogits(trained, OnnxFile.Input.NORMALIZED, false);
    }

    @ParameterizedTest
    @MethodSource("normalizers")
    void everyNormalizerGivesOurLogits(Map<String, String> settings) throws Exception {
        BrieflyTrained trained = trained(settings);
        for (OnnxFile.Input input : OnnxFile.Input.values()) {
            assertOurLogits(trained, input, true);
            assertOurLogits(trained, input, false);
        }
    }

    private BrieflyTrained trained(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        if (!settings.containsKey("data")) {
            all.putIfAbsent("image-size", "16");
        }
        if ("frozen".equals(settings.get("norm"))) {
            Map<String, String> before = new HashMap<>(all);
            before.put("norm", "batch");
            BrieflyTrained first = BrieflyTrained.of(before, directory.resolve("before"));
            all.put(
                    "init",
                    first.checkpoint().directory().resolve("model.safetensors").toString());
        }
        return BrieflyTrained.of(all, directory.resolve("run"));
    }

    /** Of all examples at once and of each alone, from the same file. */
    private static void assertOurLogits(BrieflyTrained trained, OnnxFile.Input input, boolean foldsBatchNorm)
            throws OrtException {
        byte[] file = OnnxFile.of(trained.checkpoint(), "1.0", input, foldsBatchNorm);
        float[] rows = input == OnnxFile.Input.STORED ? trained.stored() : trained.normalized();
        int size = rows.length / BrieflyTrained.ROWS;
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            float[][] together = runtime.logits(rows, trained.dimensions(BrieflyTrained.ROWS));
            assertThat(together).hasNumberOfRows(BrieflyTrained.ROWS);
            for (int row = 0; row < BrieflyTrained.ROWS; row++) {
                float[] alone = Arrays.copyOfRange(rows, row * size, (row + 1) * size);
                assertClose(trained, row, together[row], input + ", folded: " + foldsBatchNorm);
                assertClose(trained, row, runtime.logits(alone, trained.dimensions(1))[0], "alone");
            }
        }
    }

    private static void assertClose(BrieflyTrained trained, int row, float[] found, String how) {
        int classes = found.length;
        float[] expected = Arrays.copyOfRange(trained.logits(), row * classes, (row + 1) * classes);
        double largest = 0;
        double error = 0;
        for (float logit : trained.logits()) {
            largest = Math.max(largest, Math.abs(logit));
        }
        for (int k = 0; k < classes; k++) {
            error = Math.max(error, Math.abs((double) found[k] - expected[k]));
        }
        assertThat(error / largest)
                .as("row %d, %s: %s for %s", row, how, Arrays.toString(found), Arrays.toString(expected))
                .isLessThan(TOLERANCE);
    }

    @Test
    void foldingLeavesNoBatchNormalizationThatCouldBeFolded() throws Exception {
        BrieflyTrained resnet = trained(Map.of("model", "resnet8"));
        assertThat(operators(resnet, true)).doesNotContain("BatchNormalization").contains("Conv", "Gemm");
        assertThat(operators(resnet, false).stream().filter("BatchNormalization"::equals))
                .hasSize(9);
        assertThat(operators(trained(Map.of("model", "lenet")), true)).doesNotContain("BatchNormalization");
    }

    /** What goes around the block is not normalized. */
    @Test
    void aConvolutionWhoseOutputIsTakenTwiceIsNotFoldedInto() throws Exception {
        BrieflyTrained trained = trained(Map.of("model", PreActivation.class.getName()));
        assertThat(operators(trained, true).stream().filter("BatchNormalization"::equals))
                .hasSize(1);
    }

    private static List<String> operators(BrieflyTrained trained, boolean foldsBatchNorm)
            throws InvalidProtocolBufferException {
        return ModelProto.parseFrom(OnnxFile.of(trained.checkpoint(), "1.0", OnnxFile.Input.STORED, foldsBatchNorm))
                .getGraph()
                .getNodeList()
                .stream()
                .map(NodeProto::getOpType)
                .toList();
    }

    @Test
    void theFileSaysWhatItTakesAndGives() throws Exception {
        BrieflyTrained trained = trained(Map.of("model", "lenet"));
        byte[] file = OnnxFile.of(trained.checkpoint(), "1.0", OnnxFile.Input.STORED, true);
        ModelProto model = ModelProto.parseFrom(file);
        assertThat(model.getProducerName() + " " + model.getProducerVersion()).isEqualTo("syncbn 1.0");
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(15);
        assertThat(model.getGraph()
                        .getInput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(0)
                        .getDimParam())
                .isEqualTo("N");
        assertThat(model.getGraph().getInitializerList().stream().map(each -> each.getName()))
                .contains("conv1.weight", "bn1.bias", "fc3.weight");
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            assertThat(runtime.metadata())
                    .containsEntry(
                            "class_names",
                            "[\"disc\",\"ring\",\"square\",\"frame\",\"triangle\",\"star\",\"cross\",\"crescent\",\"bar\","
                                    + "\"pair\"]")
                    .containsEntry("input", "stored")
                    .containsEntry("stored_scale", "255.0")
                    .containsEntry("step", "2")
                    .containsEntry("weights_sha256", trained.checkpoint().info().weightsSha256())
                    .containsKeys("mean", "deviation", "fingerprint");
        }
    }

    @Test
    void aLayerThatDoesNotSayWhatItComputesIsNamed() {
        BrieflyTrained trained = trained(Map.of("model", WithOwnLayer.class.getName()));
        assertThatThrownBy(() -> OnnxFile.of(trained.checkpoint(), "1.0", OnnxFile.Input.STORED, true))
                .isInstanceOf(ModelException.class)
                .hasMessage("same same cannot be exported: " + WithOwnLayer.Same.class.getName()
                        + " does not implement Layer.infer, which says what it computes");
    }

    @Test
    void aNormalizationByTheOthersOfABatchIsRefused() {
        BrieflyTrained trained = trained(Map.of("model", "lenet", "norm-track-running", "false"));
        assertThatThrownBy(() -> OnnxFile.of(trained.checkpoint(), "1.0", OnnxFile.Input.STORED, true))
                .isInstanceOf(ModelException.class)
                .hasMessage("batchNorm bn1 cannot be exported: without running statistics (--norm-track-running false)"
                        + " it normalizes an example by the others of its batch");
    }

    /** The standard's own rules, with the shapes of all values worked out. */
    @Test
    void onnxAcceptsTheFiles() throws Exception {
        Python.assumeHas(directory, "onnx");
        List<String> files = new ArrayList<>();
        List<Map<String, String>> all = new ArrayList<>(normalizers().toList());
        all.add(Map.of("model", "resnet18", "image-size", "32"));
        all.add(Map.of("model", "vgg11-bn", "image-size", "32"));
        for (Map<String, String> settings : all) {
            for (boolean foldsBatchNorm : new boolean[] {true, false}) {
                files.add(write(settings, foldsBatchNorm, "file-" + files.size() + ".onnx"));
            }
        }
        String checked = Python.run(directory, """
                import onnx, sys
                for file in sys.argv[1:]:
                    onnx.checker.check_model(onnx.load(file), full_check=True)
                print(len(sys.argv) - 1)
                """, files.toArray(String[]::new));
        assertThat(checked.strip()).isEqualTo(Integer.toString(files.size()));
    }

    private String write(Map<String, String> settings, boolean foldsBatchNorm, String name) throws IOException {
        byte[] content = OnnxFile.of(trained(settings).checkpoint(), "1.0", OnnxFile.Input.STORED, foldsBatchNorm);
        return Files.write(directory.resolve(name), content).toString();
    }
}
