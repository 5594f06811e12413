package io.syncbn.worker.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.kernels.NativeScratch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaxPoolTest {
    private static final Shape PICTURE = new Shape(2, 4, 2);

    /** PyTorch's choice among equal numbers, which are many behind a ReLU. */
    @Test
    void theFirstOfEqualNumbersGetsTheWholeGradient() {
        Replica none =
                new Replica(new ParameterLayout(List.of()), new float[0], new ParameterLayout(List.of()), new float[0]);
        ShardMemory memory =
                new ShardMemory(none, new float[0], new double[0], 1, new NativeScratch(), ChannelKernels.fastest());
        MaxPool pool = new MaxPool(PICTURE, new Window(2, 2, 0), memory);
        float[] x = new float[PICTURE.size()];
        Arrays.fill(x, 7);

        Tensor y = pool.forward(new Tensor(x, 1, PICTURE), Pass.evaluation());
        assertThat(y.values()).containsExactly(7, 7, 7, 7);
        float[] dy = {1, 2, 3, 4};
        Tensor dx = pool.backward(new Tensor(dy, 1, y.shape()), Pass.evaluation());
        assertThat(dx.values()).containsExactly(1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
