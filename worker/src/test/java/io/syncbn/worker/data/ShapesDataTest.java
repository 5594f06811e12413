package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ShapesDataTest {
    private final Dataset data = TestFiles.open("shapes", Path.of(""));

    @Test
    void hasTenBalancedClasses() {
        assertThat(data.shape()).isEqualTo(new Shape(32, 32, 3));
        assertThat(data.classes()).isEqualTo(10);
        assertThat(data.train().size()).isEqualTo(4000);
        assertThat(data.test().size()).isEqualTo(1000);
        int[] counts = new int[10];
        for (int row = 0; row < 4000; row++) {
            counts[data.train().label(row)]++;
        }
        assertThat(counts).containsOnly(400);
    }

    /** If this fails, pictures have changed: then ShapesData.VERSION must change too. */
    @Test
    void firstPicturesNeverChange() {
        assertThat(data.digest()).isEqualTo("5a232e4dd0a122ab6997713692e11f05cbeff734c70c8203973bf9a431424d62");
        assertThat(pixels(data.train())).isEqualTo("11d3987cb6448ae616a4b2165df00f60bd5a8126f7dacfadd6b836eae35afcc2");
        assertThat(pixels(data.test())).isEqualTo("92fdf68a4f6fd2f195cf591cd3b7c3f9db2feb2c580d9723d5e3de5420fb19a8");
    }

    private static String pixels(Dataset.Split split) {
        ContentDigest digest = new ContentDigest("pixels");
        byte[] picture = new byte[32 * 32 * 3];
        for (int row = 0; row < 50; row++) {
            ((ByteSplit) split).readBytes(row, picture, 0);
            digest.bytes(picture, 0, picture.length);
        }
        return digest.hex();
    }

    /** Softmax regression by plain SGD, which must not be able to do what the built-in data is for. */
    @Test
    void isNotLinearlySeparable() {
        double[][] weights = new double[10][32 * 32 * 3 + 1];
        for (int epoch = 0; epoch < 3; epoch++) {
            CounterRandom random = new CounterRandom(1, Purpose.SHUFFLE, epoch, 0, 0);
            for (int i = 0; i < 4000; i++) {
                int row = random.nextInt(4000);
                float[] x = centred(data.train(), row);
                double[] p = softmax(weights, x);
                for (int k = 0; k < 10; k++) {
                    double step = 0.003 * ((k == data.train().label(row) ? 1 : 0) - p[k]);
                    for (int j = 0; j < x.length; j++) {
                        weights[k][j] += step * x[j];
                    }
                }
            }
        }
        int right = 0;
        for (int row = 0; row < 1000; row++) {
            double[] p = softmax(weights, centred(data.test(), row));
            int best = 0;
            for (int k = 1; k < 10; k++) {
                best = p[k] > p[best] ? k : best;
            }
            right += best == data.test().label(row) ? 1 : 0;
        }
        assertThat(right).as("right of 1000").isBetween(100, 590);
    }

    private static float[] centred(Dataset.Split split, int row) {
        float[] x = new float[32 * 32 * 3 + 1];
        split.read(row, x, 0);
        for (int j = 0; j < x.length - 1; j++) {
            x[j] = (x[j] - 0.5f) * 4;
        }
        x[x.length - 1] = 1;
        return x;
    }

    private static double[] softmax(double[][] weights, float[] x) {
        double[] p = new double[weights.length];
        double sum = 0;
        for (int k = 0; k < p.length; k++) {
            double score = 0;
            for (int j = 0; j < x.length; j++) {
                score += weights[k][j] * x[j];
            }
            p[k] = Math.exp(score);
            sum += p[k];
        }
        for (int k = 0; k < p.length; k++) {
            p[k] /= sum;
        }
        return p;
    }
}
