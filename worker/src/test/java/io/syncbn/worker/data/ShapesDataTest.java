package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapesDataTest {
    private final Dataset data = TestFiles.open("shapes", Path.of(""));

    @Test
    void hasTenBalancedClasses() {
        assertThat(data.shape()).isEqualTo(new Shape(32, 32, 3));
        assertThat(data.classes()).isEqualTo(10);
        assertThat(data.classNames()).startsWith("disc", "ring").endsWith("pair");
        assertThat(data.storedScale()).isEqualTo(255);
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

    @Test
    void otherSizesNeverChangeEither() {
        Dataset small = sized(13);
        assertThat(small.shape()).isEqualTo(new Shape(13, 13, 3));
        assertThat(small.digest()).isEqualTo("03e49541d8def2b8cf106a56b7adbcaef284fe85ccf14c2727a38efdbaa1afd5");
        assertThat(pixels(small.train())).isEqualTo("29ada908343b8e638d0e87331fb204637adff01a507b5c5a174d451121751886");
    }

    @Test
    void theSizeOfItsOwnMayBeAskedFor() {
        assertThat(sized(32).digest()).isEqualTo(data.digest());
        assertThat(pixels(sized(32).test())).isEqualTo(pixels(data.test()));
        assertThat(sized(33).digest())
                .isNotEqualTo(data.digest())
                .isNotEqualTo(sized(34).digest());
    }

    /**
     * Every size shows the same scene: the mean of a square of pixels is that of the one pixel that covers the same part of
     * the canvas, but for noise (a uniform number has the variance 0.16²/12), 3 × 3 samples instead of more, and what is cut
     * off below 0 and above 1.
     */
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 64, 96})
    void everySizeShowsTheSameScene(int size) {
        Dataset sized = sized(size);
        int least = Math.min(size, 32);
        double worst = 0;
        for (int row = 0; row < 40; row++) {
            double[] here = averaged(sized.train(), row, size, least);
            double[] own = averaged(data.train(), row, 32, least);
            double sum = 0;
            for (int i = 0; i < own.length; i++) {
                sum += (here[i] - own[i]) * (here[i] - own[i]);
            }
            worst = Math.max(worst, Math.sqrt(sum / own.length));
            assertThat(sized.train().label(row)).isEqualTo(data.train().label(row));
        }
        assertThat(worst)
                .as("size %d, largest root of a picture's mean square of differences", size)
                .isLessThan(0.07);
    }

    /** Drawn, not scaled up: within what is one pixel of the own size, edges are seen, which are larger than noise. */
    @Test
    void largePicturesShowMore() {
        int seen = 0;
        float[] picture = new float[128 * 128 * 3];
        for (int row = 0; row < 10; row++) {
            sized(128).train().read(row, picture, 0);
            for (int pixel = 0; pixel < 32 * 32; pixel++) {
                float least = 1;
                float most = 0;
                for (int i = 0; i < 16; i++) {
                    int y = pixel / 32 * 4 + i / 4;
                    int x = pixel % 32 * 4 + i % 4;
                    least = Math.min(least, picture[(y * 128 + x) * 3]);
                    most = Math.max(most, picture[(y * 128 + x) * 3]);
                }
                seen += most - least > 0.35 ? 1 : 0;
            }
        }
        assertThat(seen).as("pixels with an edge in them").isGreaterThan(100);
    }

    private static Dataset sized(int size) {
        return TestFiles.open("shapes", Path.of(""), size);
    }

    /** A row's picture, with the means of squares of pixels for pixels. */
    private static double[] averaged(Dataset.Split split, int row, int size, int to) {
        float[] picture = new float[size * size * 3];
        split.read(row, picture, 0);
        int ratio = size / to;
        double[] means = new double[to * to * 3];
        for (int i = 0; i < picture.length; i++) {
            int y = i / 3 / size / ratio;
            int x = i / 3 % size / ratio;
            means[(y * to + x) * 3 + i % 3] += picture[i] / (ratio * ratio);
        }
        return means;
    }

    private static String pixels(Dataset.Split split) {
        ContentDigest digest = new ContentDigest("pixels");
        byte[] picture = new byte[((ByteSplit) split).shape().size()];
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
