package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.random.CounterRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final Shape SHAPE = new Shape(16, 8, 2);

    /** Pads, crops and mirrors as one would by hand, with the same random numbers. */
    private static float[] byHand(float[] picture, CounterRandom random) {
        int pad = 2;
        float[][][] padded = new float[16 + 2 * pad][8 + 2 * pad][2];
        for (int i = 0; i < picture.length; i++) {
            padded[i / 2 / 8 + pad][i / 2 % 8 + pad][i % 2] = picture[i];
        }
        int top = pad - (random.nextInt(2 * pad + 1) - pad);
        int left = pad - (random.nextInt(2 * pad + 1) - pad);
        boolean mirrored = random.nextInt(2) == 1;
        float[] result = new float[picture.length];
        for (int i = 0; i < result.length; i++) {
            int x = i / 2 % 8;
            result[i] = padded[top + i / 2 / 8][left + (mirrored ? 7 - x : x)][i % 2];
        }
        return result;
    }

    @Test
    void movesAndMirrors() {
        float[] picture = new float[SHAPE.size()];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = i + 1;
        }
        Set<Float> firstNumbers = new HashSet<>();
        for (int row = 0; row < 500; row++) {
            float[] result = new float[picture.length + 3];
            Augmentation.apply(SHAPE, Augmentation.random(1, 2, row), picture, result, 3);
            float[] expected = byHand(picture, Augmentation.random(1, 2, row));
            for (int i = 0; i < picture.length; i++) {
                assertThat(result[i + 3]).as("row %d, number %d", row, i).isEqualTo(expected[i]);
            }
            firstNumbers.add(result[3 + (8 * 8 + 4) * 2]);
        }
        assertThat(firstNumbers).as("5 x 5 places, mirrored or not").hasSizeBetween(26, 50);
    }

    @Test
    void leavesFeaturesAlone() {
        float[] features = {1, 2, 3};
        float[] result = new float[3];
        for (int row = 0; row < 20; row++) {
            Augmentation.apply(Shape.flat(3), Augmentation.random(1, 0, row), features, result, 0);
            assertThat(result).containsExactly(1, 2, 3);
        }
    }
}
