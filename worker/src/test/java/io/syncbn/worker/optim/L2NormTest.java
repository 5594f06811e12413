package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.sums.Chunk;
import java.util.Random;
import org.junit.jupiter.api.Test;

class L2NormTest {

    @Test
    void isThatOfTheMeans() {
        assertThat(L2Norm.ofMean(new float[] {4, -8, 2, 1, 6}, 0, 5, 2)).isEqualTo(Math.sqrt(121) / 2);
        assertThat(L2Norm.of(new float[] {3, -4}, 0, 2)).isEqualTo(5);
        assertThat(L2Norm.of(new float[0], 0, 0)).isZero();
    }

    @Test
    void neitherOverflowsNorUnderflows() {
        assertThat(L2Norm.of(new float[] {1e-30f, 0, 0}, 0, 3)).isCloseTo(1e-30, within(1e-36));
        assertThat(L2Norm.of(new float[] {1e30f, 1e30f}, 0, 2)).isCloseTo(Math.sqrt(2) * 1e30, within(1e24));
    }

    @Test
    void isThatOfEveryPart() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int each = 0; each < 200; each++) {
            float[] values = new float[1 + random.nextInt(20)];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - 0.5f;
            }
            int from = random.nextInt(values.length);
            int to = from + random.nextInt(values.length - from + 1);
            double squares = 0;
            for (int i = from; i < to; i++) {
                squares += Math.pow(values[i] / 3.0, 2);
            }
            assertThat(L2Norm.ofMean(values, from, to, 3))
                    .as("seed %d, %d to %d", seed, from, to)
                    .isCloseTo(Math.sqrt(squares), within(1e-6));
        }
    }

    /** Small numbers beside large ones, and lengths that four does not divide. */
    @Test
    void theSquareIsThatOfFloat64() {
        Random random = new Random(5);
        for (int length = 0; length < 20; length++) {
            float[] x = new float[length];
            double expected = 0;
            for (int i = 0; i < length; i++) {
                x[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-25, 25)));
                expected += (double) x[i] * x[i];
            }
            assertThat(L2Norm.squared(new Chunk(x))).isCloseTo(expected, within(1e-14 * expected));
        }
    }
}
