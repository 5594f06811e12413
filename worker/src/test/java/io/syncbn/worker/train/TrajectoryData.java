package io.syncbn.worker.train;

import io.syncbn.worker.nn.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Pictures of a few classes, in memory for the twin and in {@code .npy} files for training. Channels have means far from 0
 * and unlike deviations, so that normalizing them matters.
 *
 * @param train H × W × C values of each training row, exact in float32
 * @param test the same of each test row
 */
record TrajectoryData(Shape shape, double[][] train, int[] trainLabels, double[][] test, int[] testLabels) {

    static TrajectoryData random(long seed, Shape shape, int classes, int trainRows, int testRows) {
        Random random = new Random(seed);
        double[][] patterns = new double[classes][shape.size()];
        for (double[] pattern : patterns) {
            for (int i = 0; i < pattern.length; i++) {
                pattern[i] = random.nextGaussian();
            }
        }
        int[] trainLabels = random.ints(trainRows, 0, classes).toArray();
        int[] testLabels = random.ints(testRows, 0, classes).toArray();
        trainLabels[0] = classes - 1; // the largest label says how many classes there are
        return new TrajectoryData(
                shape,
                pictures(shape, patterns, trainLabels, random),
                trainLabels,
                pictures(shape, patterns, testLabels, random),
                testLabels);
    }

    private static double[][] pictures(Shape shape, double[][] patterns, int[] labels, Random random) {
        double[][] rows = new double[labels.length][shape.size()];
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < shape.size(); i++) {
                int channel = i % shape.channels();
                double value = patterns[labels[row]][i] + 2 * random.nextGaussian();
                rows[row][i] = (float) (5 * (channel + 1) + (channel + 0.5) * value);
            }
        }
        return rows;
    }

    /** All four files, in a new directory. */
    void write(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve("x_train.npy"), pictures(train));
            Files.write(directory.resolve("y_train.npy"), labels(trainLabels));
            Files.write(directory.resolve("x_test.npy"), pictures(test));
            Files.write(directory.resolve("y_test.npy"), labels(testLabels));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] pictures(double[][] rows) {
        ByteBuffer bytes =
                ByteBuffer.allocate(rows.length * shape.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double[] row : rows) {
            for (int c = 0; c < shape.channels(); c++) {
                for (int pixel = 0; pixel < shape.pixels(); pixel++) {
                    bytes.putFloat((float) row[pixel * shape.channels() + c]);
                }
            }
        }
        String dimensions = rows.length + ", " + shape.channels() + ", " + shape.height() + ", " + shape.width();
        return npy("<f4", dimensions, bytes.array());
    }

    private static byte[] labels(int[] labels) {
        byte[] bytes = new byte[labels.length];
        for (int row = 0; row < labels.length; row++) {
            bytes[row] = (byte) labels[row];
        }
        return npy("|u1", labels.length + ",", bytes);
    }

    private static byte[] npy(String type, String dimensions, byte[] content) {
        byte[] header = ("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + dimensions + "), }\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        file.writeBytes(new byte[] {(byte) header.length, (byte) (header.length >> 8)});
        file.writeBytes(header);
        file.writeBytes(content);
        return file.toByteArray();
    }
}
