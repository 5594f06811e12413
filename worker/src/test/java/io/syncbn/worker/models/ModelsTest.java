package io.syncbn.worker.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.JobSettings;
import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.SoftmaxCrossEntropy;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.norm.Normalizers;
import io.syncbn.worker.random.CounterRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsTest {
    private static final Shape CIFAR = new Shape(32, 32, 3);

    /** A user's model. */
    public static final class Tiny implements Architecture {
        @Override
        public void define(Net net) {
            net.conv2d("conv1", 8, 3, 1, 1).batchNorm("bn1").relu().globalAveragePool();
            net.flatten().dense("fc", net.classes());
        }
    }

    /** A class that fails. */
    public static final class Failing implements Architecture {
        public Failing() {
            throw new IllegalStateException("no weights today");
        }

        @Override
        public void define(Net net) {}
    }

    /** A class that needs arguments. */
    public static final class Demanding implements Architecture {
        public Demanding(int depth) {
            assertThat(depth).isPositive();
        }

        @Override
        public void define(Net net) {}
    }

    static final class Hidden implements Architecture {
        @Override
        public void define(Net net) {}
    }

    @Test
    void resnet20HasPyTorchsStateDict() {
        ModelDefinition model = define("resnet20", CIFAR);
        assertThat(rows(model.parameters().entries())).isEqualTo(expectedResnet20());
        List<String> statistics = rows(model.statistics().entries());
        assertThat(statistics)
                .startsWith("bn1.running_mean [16]", "bn1.running_var [16]", "layer1.0.bn1.running_mean [16]")
                .contains("layer2.0.downsample.1.running_mean [32]")
                .endsWith("layer3.2.bn2.running_mean [64]", "layer3.2.bn2.running_var [64]")
                .hasSize(2 * 21);
        assertThat(model.normalizationLayers()).hasSize(21);
    }

    /** Written from the definition in PyTorch: modules in the order in which they are assigned. */
    private static List<String> expectedResnet20() {
        List<String> rows = new ArrayList<>();
        conv(rows, "conv1", 16, 3, 3);
        norm(rows, "bn1", 16);
        int channels = 16;
        for (int stage = 1; stage <= 3; stage++) {
            int width = new int[] {16, 32, 64}[stage - 1];
            for (int block = 0; block < 3; block++) {
                String name = "layer" + stage + "." + block + ".";
                conv(rows, name + "conv1", width, channels, 3);
                norm(rows, name + "bn1", width);
                conv(rows, name + "conv2", width, width, 3);
                norm(rows, name + "bn2", width);
                if (width != channels) {
                    conv(rows, name + "downsample.0", width, channels, 1);
                    norm(rows, name + "downsample.1", width);
                }
                channels = width;
            }
        }
        rows.add("fc.weight [10, 64]");
        rows.add("fc.bias [10]");
        return rows;
    }

    private static void conv(List<String> rows, String name, int out, int in, int kernel) {
        rows.add(name + ".weight [" + out + ", " + in + ", " + kernel + ", " + kernel + "]");
    }

    private static void norm(List<String> rows, String name, int channels) {
        rows.add(name + ".weight [" + channels + "]");
        rows.add(name + ".bias [" + channels + "]");
    }

    /**
     * Numbers of parameters. The CIFAR networks: 432 + Σ of 3×3 convolutions + projections (512 + 2048) + 2 a channel of
     * each norm + 650; 11,689,512 of ResNet-18, 21,797,672 of ResNet-34, 25,557,032 of ResNet-50 and 132,868,840 of
     * VGG-11 are torchvision's for 1000 classes; of the last, the classifier's (25088·4096 + 4096) + (4096·4096 + 4096) + (4096·1000 + 1000) are replaced.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet8, 32, 10, 78042, 9",
        "resnet14, 32, 10, 175258, 15",
        "resnet20, 32, 10, 272474, 21",
        "resnet32, 32, 10, 466906, 33",
        "resnet56, 32, 10, 855770, 57",
        "resnet18, 64, 1000, 11689512, 20",
        "resnet18, 32, 1000, 11689512, 20",
        "resnet34, 64, 1000, 21797672, 36",
        "resnet50, 64, 1000, 25557032, 53",
        "vgg11-bn, 32, 1000, 9738984, 8",
        "lenet, 28, 10, 62436, 4",
        "mlp, 8, 10, 43018, 2"
    })
    void sizes(String name, int side, int classes, int parameters, int norms) {
        ModelDefinition model = ModelDefinition.of(
                Models.named(name), new Shape(side, side, 3), classes, Normalizers.of(Normalization.DEFAULT), 0);
        assertThat(model.parameters().size()).isEqualTo(parameters);
        assertThat(model.normalizationLayers()).hasSize(norms);
    }

    @Test
    void largerModelsHaveTorchvisionsNames() {
        assertThat(rows(define("resnet18", CIFAR).parameters().entries()))
                .startsWith("conv1.weight [64, 3, 7, 7]", "bn1.weight [64]", "bn1.bias [64]")
                .contains("layer4.0.downsample.0.weight [512, 256, 1, 1]", "layer4.1.bn2.bias [512]")
                .endsWith("fc.weight [10, 512]", "fc.bias [10]");
        assertThat(rows(define("resnet34", CIFAR).parameters().entries()))
                .contains("layer3.5.conv2.weight [256, 256, 3, 3]", "layer4.2.bn2.bias [512]")
                .doesNotContain("layer3.6.conv1.weight [256, 256, 3, 3]", "layer1.0.downsample.0.weight [64, 64, 1, 1]")
                .endsWith("fc.weight [10, 512]", "fc.bias [10]");
        assertThat(rows(define("resnet50", CIFAR).parameters().entries())).isEqualTo(expectedResnet50());
        assertThat(rows(define("vgg11-bn", CIFAR).parameters().entries()))
                .startsWith("features.0.weight [64, 3, 3, 3]", "features.0.bias [64]", "features.1.weight [64]")
                .contains("features.4.weight [128, 64, 3, 3]", "features.22.weight [512, 512, 3, 3]")
                .contains("features.25.weight [512, 512, 3, 3]", "features.26.weight [512]")
                .endsWith("classifier.weight [10, 512]", "classifier.bias [10]");
    }

    /** Written from torchvision's Bottleneck and its ResNet of [3, 4, 6, 3] of them. */
    private static List<String> expectedResnet50() {
        List<String> rows = new ArrayList<>();
        conv(rows, "conv1", 64, 3, 7);
        norm(rows, "bn1", 64);
        int channels = 64;
        for (int stage = 1; stage <= 4; stage++) {
            int width = new int[] {64, 128, 256, 512}[stage - 1];
            for (int block = 0; block < new int[] {3, 4, 6, 3}[stage - 1]; block++) {
                String name = "layer" + stage + "." + block + ".";
                conv(rows, name + "conv1", width, channels, 1);
                norm(rows, name + "bn1", width);
                conv(rows, name + "conv2", width, width, 3);
                norm(rows, name + "bn2", width);
                conv(rows, name + "conv3", 4 * width, width, 1);
                norm(rows, name + "bn3", 4 * width);
                if (block == 0) {
                    conv(rows, name + "downsample.0", 4 * width, channels, 1);
                    norm(rows, name + "downsample.1", 4 * width);
                }
                channels = 4 * width;
            }
        }
        rows.add("fc.weight [10, 2048]");
        rows.add("fc.bias [10]");
        return rows;
    }

    @Test
    void aBottleneckHasItsStrideWhereTorchvisionHasIt() {
        assertThat(define("resnet50", CIFAR).description().layers())
                .contains(
                        "conv2d layer2.0.conv1: 256 to 128 channels, kernel 1, stride 1, padding 0",
                        "conv2d layer2.0.conv2: 128 to 128 channels, kernel 3, stride 2, padding 1",
                        "conv2d layer2.0.downsample.0: 256 to 512 channels, kernel 1, stride 2, padding 0",
                        "conv2d layer1.0.downsample.0: 64 to 256 channels, kernel 1, stride 1, padding 0",
                        "conv2d layer2.1.conv2: 128 to 128 channels, kernel 3, stride 1, padding 1");
    }

    /** A few steps of plain gradient descent on one batch must lower its loss, or some gradient points elsewhere. */
    @ParameterizedTest
    @CsvSource({
        "mlp, 8",
        "lenet, 28",
        "resnet8, 16",
        "resnet20, 16",
        "resnet18, 32",
        "resnet34, 64",
        "resnet50, 64",
        "vgg11-bn, 32"
    })
    void modelsLearn(String name, int side) {
        int examples = 4;
        Shape input = new Shape(side, side, 1);
        ModelDefinition definition =
                ModelDefinition.of(Models.named(name), input, 4, Normalizers.of(Normalization.DEFAULT), 0);
        var replica = definition.newReplica(1);
        Tensor x = Tensor.zeros(examples, input);
        for (int i = 0; i < x.size(); i++) {
            x.values()[i] = (float) Math.sin(i * (1.0 + i / input.size()));
        }
        int[] labels = {0, 1, 2, 3};
        Tensor gradient = Tensor.zeros(examples, Shape.flat(4));
        Pass pass = new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});
        List<Double> losses = new ArrayList<>();
        try (ShardModel model = definition.newShardModel(replica, examples, Kernels.PORTABLE)) {
            for (int step = 0; step < 6; step++) {
                model.beginStep();
                losses.add(SoftmaxCrossEntropy.compute(model.forward(x, pass), labels, 0, gradient)
                        .loss());
                model.backward(gradient, pass);
                for (int i = 0; i < replica.weights().length; i++) {
                    replica.weights()[i] -= 0.004f / examples * model.gradients()[i];
                }
            }
        }
        assertThat(losses.get(5)).as("losses %s", losses).isLessThan(0.9 * losses.get(0));
    }

    @Test
    void firstWeightsComeInTheOrderOfFiles() {
        var replica = define("resnet8", CIFAR).newReplica(7);
        Entry conv = replica.parameters().entries().get(0);
        assertThat(conv.dimensions()).containsExactly(16, 3, 3, 3);
        float[] expected = new float[conv.size()];
        CounterRandom random = new CounterRandom(7, CounterRandom.Purpose.WEIGHTS, 0, 0, 0);
        Initializer.heNormal(3, 16).fill(expected, 0, expected.length, random);
        assertThat(conv.read(replica.weights())).isEqualTo(expected);
    }

    /** Of models on pictures of 32 x 32: what their checkpoints hold, and must go on to be resumed by. */
    @ParameterizedTest
    @CsvSource({
        "mlp, cfe74f72313c43629660701919e82d5835545e228622b3f42a59bf444698ac63",
        "lenet, a9d7d1ba6fc8df3197ebba7ae23da6f89b3bc895322a8209a4631a3435b49acb",
        "resnet8, fde06b84a5fb90abf9dd304c8c5aebd8bb8dca2f7d37ea92832603550b5cf5d5",
        "resnet14, ebf11316a7511b3a49e028d67208bb5d2860e4993135ee24e7f2ea69d4f28336",
        "resnet20, 3dd7bab44576dd12865cb27ea7a7d4cfa38cf9ae458b9cbda20f55fb15dfb674",
        "resnet18, 3053f6e7ce24e20aa0bd29ec28c3d59df8125093dc3a4c8d2f14c89306f38054",
        "resnet34, 0b22f7df543879e58857be66f653555dae4b279ce670ffb9b0f22e3a7f9c70b2",
        "resnet50, bbf9f658517874b321e4ef6a7a06dc4161e15d5225cb89e46851c5582c590eaf",
        "vgg11-bn, 31aef81fd1c31e303abbaf41823e4e7f02fcd7188e185e9f54ddf6a6f07be8f9"
    })
    void definitionsStayTheSame(String name, String digest) {
        assertThat(define(name, CIFAR).description().digest()).isEqualTo(digest);
    }

    @Test
    void theHelpNamesEveryModel() {
        assertThat(JobSettings.ALL)
                .filteredOn(setting -> setting.name().equals("model"))
                .singleElement()
                .satisfies(setting -> assertThat(setting.help()).contains(Models.names()));
    }

    @Test
    void classesOfUsersAreFound() {
        assertThat(rows(define(Tiny.class.getName(), CIFAR).parameters().entries()))
                .containsExactly(
                        "conv1.weight [8, 3, 3, 3]",
                        "bn1.weight [8]",
                        "bn1.bias [8]",
                        "fc.weight [10, 8]",
                        "fc.bias [10]");
    }

    @Test
    void wrongNamesAreExplained() {
        assertRefused("resnet21", "no model \"resnet21\"", "did you mean resnet20?");
        assertRefused("com.example.Nothing", "no model \"com.example.Nothing\"", "resnet14, resnet20, resnet32");
        assertRefused("java.lang.String", "java.lang.String", "does not implement io.syncbn.worker.nn.Architecture");
        assertRefused(Failing.class.getName(), "constructor", "no weights today");
        assertRefused(Demanding.class.getName(), "no public constructor without arguments");
        assertRefused(Hidden.class.getName(), "must be public");
    }

    private static void assertRefused(String name, String... words) {
        assertThatThrownBy(() -> Models.named(name))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(words);
    }

    private static ModelDefinition define(String name, Shape input) {
        return ModelDefinition.of(Models.named(name), input, 10, Normalizers.of(Normalization.DEFAULT), 0);
    }

    private static List<String> rows(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.name() + " " + entry.dimensions())
                .toList();
    }
}
