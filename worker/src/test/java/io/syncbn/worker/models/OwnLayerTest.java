package io.syncbn.worker.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.ReadmeClass;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.SoftmaxCrossEntropy;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.norm.Normalizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer from another package, as the README shows it. */
class OwnLayerTest {
    private static final Shape PICTURE = new Shape(6, 5, 3);

    /** Between other layers, so that gradients go through it. */
    public static final class Scaled implements Architecture {
        @Override
        public void define(Net net) {
            net.conv2d("conv1", 4, 3, 1, 1).norm("bn1").relu();
            net.residual("block", main -> main.add("scale", Scale::define)
                    .conv2d("conv1", 4, 3, 1, 1)
                    .batchNorm("bn1"));
            net.globalAveragePool().dense("fc", net.classes());
        }
    }

    private final ModelDefinition definition = ModelDefinition.of(
            Models.named(Scaled.class.getName()), PICTURE, 3, Normalizers.of(Normalization.DEFAULT), 0);
    private final Replica replica = definition.newReplica(1);
    private final int[] labels = {0, 1, 2};
    private final Tensor x = Tensor.zeros(3, PICTURE);

    @Test
    void theReadmeShowsIt() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/syncbn/worker/models/Scale.java"));
        String shown = source.substring(source.indexOf("    public static LayerFactory define"));
        assertThat(Files.readString(Path.of("../README.md"))).contains(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MyNet", "Scale"})
    void classesOfTheReadmeCompileAsTheyStand(String name, @TempDir Path compiled) throws Exception {
        try (ReadmeClass shown = new ReadmeClass(name, compiled)) {
            assertThat(Thread.currentThread().getContextClassLoader().loadClass(name))
                    .isNotNull();
        }
    }

    @Test
    void itsWeightsAndItsWordsAreTheModels() {
        assertThat(definition.parameters().entries()).extracting(Entry::name).contains("block.scale.weight");
        assertThat(definition.description().layers()).contains("scale block.scale: a factor for each channel");
    }

    @Test
    void itIsTrained() {
        Random random = new Random(5);
        for (int i = 0; i < x.size(); i++) {
            x.values()[i] = (float) random.nextGaussian();
        }
        Entry scale = definition.parameters().entries().stream()
                .filter(entry -> entry.name().equals("block.scale.weight"))
                .findFirst()
                .orElseThrow();
        try (ShardModel model = definition.newShardModel(replica, 3, Kernels.PORTABLE)) {
            double first = loss(model);
            float step = 1e-2f;
            for (int c = 0; c < scale.size(); c++) {
                double slope = model.gradients()[scale.offset() + c];
                replica.weights()[scale.offset() + c] += step;
                double above = loss(model);
                replica.weights()[scale.offset() + c] -= 2 * step;
                double below = loss(model);
                replica.weights()[scale.offset() + c] += step;
                loss(model);
                assertThat((above - below) / (2 * step)).as("slope %d", c).isCloseTo(slope, within(0.02));
            }
            for (int i = 0; i < 20; i++) {
                for (int w = 0; w < replica.weights().length; w++) {
                    replica.weights()[w] -= 0.05f * model.gradients()[w];
                }
                loss(model);
            }
            assertThat(loss(model)).isLessThan(0.8 * first);
            assertThat(replica.weights()[scale.offset()]).isNotEqualTo(1);
        }
    }

    /** Of a training pass, which leaves its gradients. */
    private double loss(ShardModel model) {
        Pass pass = new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});
        Tensor gradient = Tensor.zeros(3, Shape.flat(3));
        model.beginStep();
        double loss = SoftmaxCrossEntropy.compute(model.forward(x, pass), labels, 0, gradient)
                .loss();
        model.backward(gradient, pass);
        return loss;
    }
}
