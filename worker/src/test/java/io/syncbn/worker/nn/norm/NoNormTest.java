package io.syncbn.worker.nn.norm;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Numbers;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.TestMemory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** No normalization: what remains is what is fused into it, and the bias of the convolution before it. */
class NoNormTest {
    private static final Shape SHAPE = new Shape(3, 2, 5);
    private static final Pass TRAINING =
            new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});

    private final Random random = new Random(3);
    private final Tensor x = tensor();
    private final Tensor dy = tensor();

    private Tensor tensor() {
        double[] values = Numbers.normal(random, 2 * SHAPE.size());
        Tensor tensor = Tensor.zeros(2, SHAPE);
        for (int i = 0; i < values.length; i++) {
            tensor.values()[i] = (float) values[i];
        }
        return tensor;
    }

    @Test
    void itChangesNothing() {
        NoNorm layer = layer(false);
        assertThat(used(layer.forward(x, TRAINING))).containsExactly(x.values());
        assertThat(used(layer.backward(dy, TRAINING))).containsExactly(dy.values());
    }

    @Test
    void aReluIsFused() {
        NoNorm layer = layer(true);
        float[] y = used(layer.forward(x, TRAINING));
        float[] dx = used(layer.backward(dy, TRAINING));
        for (int i = 0; i < y.length; i++) {
            assertThat(y[i]).isEqualTo(Math.max(0, x.values()[i]));
            assertThat(dx[i]).isEqualTo(x.values()[i] > 0 ? dy.values()[i] : 0);
        }
    }

    @Test
    void aSumIsFused() {
        Tensor residual = tensor();
        float[] y = used(layer(false).forwardAddRelu(x, () -> residual, TRAINING));
        for (int i = 0; i < y.length; i++) {
            assertThat(y[i]).isEqualTo(Math.max(0, x.values()[i] + residual.values()[i]));
        }
    }

    @Test
    void theConvolutionBeforeItHasABias() {
        Architecture model = net -> net.conv2d("conv1", 4, 3, 1, 1)
                .norm("bn1")
                .relu()
                .globalAveragePool()
                .dense("fc", net.classes());
        assertThat(ModelDefinition.of(
                                model,
                                SHAPE,
                                2,
                                Normalizers.of(JobParser.parse(Map.of("norm", "none"), 1)
                                        .model()
                                        .normalization()),
                                0)
                        .parameters()
                        .entries())
                .extracting(ParameterLayout.Entry::name)
                .containsExactly("conv1.weight", "conv1.bias", "fc.weight", "fc.bias");
    }

    private static NoNorm layer(boolean relu) {
        ParameterLayout none = new ParameterLayout(List.of());
        Replica replica = new Replica(none, new float[0], none, new float[0]);
        NoNorm.Factory factory = new NoNorm.Factory(SHAPE, false);
        return (relu ? factory.withRelu() : factory).create(TestMemory.of(replica, 2));
    }

    private static float[] used(Tensor tensor) {
        return Arrays.copyOf(tensor.values(), tensor.size());
    }
}
