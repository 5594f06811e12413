package io.syncbn.worker.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.nn.norm.RunningStatistics;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands around the layers: the loss, and how running statistics follow the batches'. */
class LossAndStatisticsTest {

    @Test
    void lossIsASumOverExamples() {
        Tensor logits = new Tensor(new float[] {0, 0, 0, 0, 2, 0}, 3, Shape.flat(2));
        Tensor gradient = Tensor.zeros(3, Shape.flat(2));
        SoftmaxCrossEntropy.Result result = SoftmaxCrossEntropy.compute(logits, new int[] {0, 1, 1}, 0, gradient);
        assertThat(result.loss()).isCloseTo(2 * Math.log(2) + Math.log(1 + Math.exp(2)), within(1e-12));
        assertThat(result.correct()).isEqualTo(1);
        assertThat(gradient.values()[0]).isEqualTo(-0.5f);
        assertThat(gradient.values()[1]).isEqualTo(0.5f);
        float sigmoid = (float) (1 / (1 + Math.exp(-2)));
        assertThat(gradient.values()[4]).isCloseTo(sigmoid, within(1e-7f));
        assertThat(gradient.values()[5]).isCloseTo(-sigmoid, within(1e-7f));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        Tensor logits = new Tensor(new float[] {1e30f, -1e30f, 5e3f, 5e3f}, 2, Shape.flat(2));
        SoftmaxCrossEntropy.Result result =
                SoftmaxCrossEntropy.compute(logits, new int[] {0, 1}, 0, Tensor.zeros(2, Shape.flat(2)));
        assertThat(result.loss()).isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void noExamplesNoLoss() {
        Tensor none = Tensor.zeros(0, Shape.flat(3));
        assertThat(SoftmaxCrossEntropy.compute(none, new int[0], 0.1, none))
                .isEqualTo(new SoftmaxCrossEntropy.Result(0, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5})
    void gradientIsTheSlope(double smoothing) {
        Random random = new Random(5);
        int examples = 3;
        int classes = 5;
        Tensor logits = Tensor.zeros(examples, Shape.flat(classes));
        for (int i = 0; i < logits.size(); i++) {
            logits.values()[i] = (float) random.nextGaussian();
        }
        int[] labels = {4, 0, 2};
        Tensor gradient = Tensor.zeros(examples, Shape.flat(classes));
        SoftmaxCrossEntropy.compute(logits, labels, smoothing, gradient);
        Tensor ignored = Tensor.zeros(examples, Shape.flat(classes));
        float step = 0x1p-9f;
        for (int i = 0; i < logits.size(); i++) {
            float before = logits.values()[i];
            float up = before + step;
            float down = before - step;
            logits.values()[i] = up;
            double above = SoftmaxCrossEntropy.compute(logits, labels, smoothing, ignored)
                    .loss();
            logits.values()[i] = down;
            double below = SoftmaxCrossEntropy.compute(logits, labels, smoothing, ignored)
                    .loss();
            logits.values()[i] = before;
            assertThat((double) gradient.values()[i]).isCloseTo((above - below) / ((double) up - down), within(2e-6));
        }
    }

    @Test
    void runningStatisticsFollowWithMomentum() {
        float[] old = {1, 2};
        assertThat(RunningStatistics.update(old, new double[] {3, 12}, OptionalDouble.of(0.1), 7))
                .containsExactly(1.2f, 3.0f);
        assertThat(old).containsExactly(1, 2);
    }

    @Test
    void cumulativeStatisticsAreTheMeanOfAllBatches() {
        double[] batches = {3, 5, 10, -2};
        float[] running = {0};
        for (int i = 0; i < batches.length; i++) {
            running = RunningStatistics.update(running, new double[] {batches[i]}, OptionalDouble.empty(), i + 1);
        }
        assertThat(running[0]).isCloseTo(4f, within(1e-6f));
    }

    @Test
    void statisticsOfAnotherModelAreRefused() {
        assertThatThrownBy(() -> RunningStatistics.update(new float[2], new double[3], OptionalDouble.empty(), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
