package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Arrays saved by NumPy: {@code x_train.npy} and {@code x_test.npy}, float32 (taken as they are) or uint8 (divided by
 * 255), N × C × H × W or N × features; {@code y_train.npy} and {@code y_test.npy}, N integers. The largest label of
 * both determines the number of classes. Rows are read from the file when they are needed.
 *
 * <p>The digest covers shapes, types, all labels, and x: whole up to 1 GiB; beyond, every k-th MiB, with the least k
 * that makes that 1 GiB at most, because reading all of it would hold up the start.
 */
final class NpyData {
    private static final int DIGEST_BLOCK_BYTES = 1 << 20;
    private static final long DIGEST_BYTES = 1L << 30;
    /** Far above any classifier, far below what would exhaust memory. */
    private static final int MAX_CLASSES = 1 << 20;

    private NpyData() {}

    static Dataset open(Path directory) {
        NpyFile xTrain = file(directory, "x_train.npy");
        NpyFile xTest = file(directory, "x_test.npy");
        NpyFile yTrain = file(directory, "y_train.npy");
        NpyFile yTest = file(directory, "y_test.npy");
        Shape shape = shape(xTrain);
        requireAlike(xTrain, xTest);
        int[] trainLabels = labels(yTrain, xTrain, MAX_CLASSES);
        int classes = Arrays.stream(trainLabels).max().orElseThrow() + 1;
        int[] testLabels = labels(yTest, xTest, classes);

        ContentDigest digest = new ContentDigest("npy");
        digestOf(xTrain, trainLabels, digest);
        digestOf(xTest, testLabels, digest);
        RowFile trainRows = rowFile(xTrain);
        RowFile testRows = rowFile(xTest);
        Closeable both = () -> {
            trainRows.close();
            testRows.close();
        };
        return new OpenDataset(
                shape,
                Dataset.numbers(classes),
                split(xTrain, shape, trainRows, trainLabels),
                split(xTest, shape, testRows, testLabels),
                digest.hex(),
                both);
    }

    private static NpyFile file(Path directory, String name) {
        if (!Files.exists(directory.resolve(name))) {
            throw new DataException(
                    directory + ": has no " + name + ", expected x_train.npy, y_train.npy, x_test.npy and y_test.npy");
        }
        return NpyFile.open(directory.resolve(name));
    }

    private static RowFile rowFile(NpyFile x) {
        return new RowFile(x.path(), x.dataOffset(), x.rowElements() * x.elementBytes());
    }

    private static Dataset.Split split(NpyFile x, Shape shape, RowFile rows, int[] labels) {
        return isBytes(x) ? new ByteRows(shape, rows, labels) : new FloatRows(shape, rows, labels, x.byteOrder());
    }

    private static boolean isBytes(NpyFile x) {
        return x.type().equals("|u1");
    }

    private static Shape shape(NpyFile x) {
        int[] d = x.dimensions();
        if (!isBytes(x) && !x.isFloats()) {
            throw new DataException(x.path() + ": has type " + x.type()
                    + ", expected <f4 (float32) or |u1 (uint8); convert it with astype(numpy.float32)");
        }
        x.rowElements();
        return switch (d.length) {
            case 4 -> new Shape(d[2], d[3], d[1]);
            case 2 -> Shape.flat(d[1]);
            default ->
                throw new DataException(
                        x.path() + ": has shape " + Arrays.toString(d) + ", expected N x C x H x W, or N x features"
                                + (d.length == 3 ? "; grey pictures are N x 1 x H x W, x[:, None] in NumPy" : ""));
        };
    }

    private static void requireAlike(NpyFile train, NpyFile test) {
        int[] trainRow = Arrays.copyOfRange(train.dimensions(), 1, train.dimensions().length);
        int[] testRow = Arrays.copyOfRange(test.dimensions(), 1, test.dimensions().length);
        if (!Arrays.equals(trainRow, testRow) || !train.type().equals(test.type())) {
            throw new DataException(test.path() + ": has rows of " + Arrays.toString(testRow) + ", type " + test.type()
                    + "; expected " + Arrays.toString(trainRow) + ", type " + train.type() + " as in "
                    + train.path().getFileName());
        }
    }

    /** @param classes all labels must be below this */
    private static int[] labels(NpyFile y, NpyFile x, int classes) {
        boolean isColumn = y.rowElements() == 1;
        if (y.isFloats() || !isColumn) {
            throw new DataException(y.path() + ": has type " + y.type() + " and shape "
                    + Arrays.toString(y.dimensions()) + ", expected N integers"
                    + (isColumn ? "; convert it with astype(numpy.int64)" : "; of one-hot rows, save argmax(1)"));
        }
        if (y.rows() != x.rows()) {
            throw new DataException(y.path() + ": holds " + y.rows() + " labels, expected " + x.rows() + " as "
                    + x.path().getFileName() + " has rows");
        }
        int[] labels = new int[y.rows()];
        try (RowFile file = new RowFile(y.path(), y.dataOffset(), y.elementBytes())) {
            ByteBuffer bytes = ByteBuffer.wrap(file.readAll()).order(y.byteOrder());
            for (int row = 0; row < labels.length; row++) {
                long label = number(bytes, y.type());
                if (label < 0 || label >= classes) {
                    throw new DataException(y.path() + ": row " + row + " has label " + label + ", expected 0 to "
                            + (classes - 1) + " (" + classes + " classes)");
                }
                labels[row] = (int) label;
            }
        } catch (IOException e) {
            throw DataException.unreadable(y.path(), e);
        }
        return labels;
    }

    /** The next number; one of uint64 beyond a long comes out negative, which no label may be. */
    private static long number(ByteBuffer bytes, String type) {
        return switch (type.substring(1)) {
            case "u1" -> bytes.get() & 0xFF;
            case "i1" -> bytes.get();
            case "u2" -> bytes.getShort() & 0xFFFF;
            case "i2" -> bytes.getShort();
            case "u4" -> bytes.getInt() & 0xFFFFFFFFL;
            case "i4" -> bytes.getInt();
            default -> bytes.getLong();
        };
    }

    private static void digestOf(NpyFile x, int[] labels, ContentDigest digest) {
        digest.text(x.type()).number(x.dimensions().length);
        for (int n : x.dimensions()) {
            digest.number(n);
        }
        for (int label : labels) {
            digest.number(label);
        }
        long size = RowFile.size(x.path());
        long every = (size + DIGEST_BYTES - 1) / DIGEST_BYTES;
        byte[] block = new byte[DIGEST_BLOCK_BYTES];
        try (RandomAccessFile file = new RandomAccessFile(x.path().toFile(), "r")) {
            for (long at = x.dataOffset(); at < size; at += every * DIGEST_BLOCK_BYTES) {
                int length = (int) Math.min(DIGEST_BLOCK_BYTES, size - at);
                file.seek(at);
                file.readFully(block, 0, length);
                digest.bytes(block, 0, length);
            }
        } catch (IOException e) {
            throw DataException.unreadable(x.path(), e);
        }
    }

    private record ByteRows(Shape shape, RowFile file, int[] labels) implements ByteSplit {

        @Override
        public int size() {
            return labels.length;
        }

        @Override
        public int label(int row) {
            return labels[row];
        }

        @Override
        public void readBytes(int row, byte[] destination, int offset) {
            ByteSplit.channelsLast(file.read(row), 0, shape, destination, offset);
        }
    }

    private record FloatRows(Shape shape, RowFile file, int[] labels, ByteOrder byteOrder) implements Dataset.Split {

        @Override
        public int size() {
            return labels.length;
        }

        @Override
        public int label(int row) {
            return labels[row];
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            ByteBuffer planes = ByteBuffer.wrap(file.read(row)).order(byteOrder);
            for (int c = 0; c < shape.channels(); c++) {
                for (int p = 0; p < shape.pixels(); p++) {
                    float value = planes.getFloat();
                    if (!Float.isFinite(value)) {
                        throw new DataException(
                                file.path() + ": row " + row + " holds " + value + ", expected finite numbers");
                    }
                    destination[offset + p * shape.channels() + c] = value;
                }
            }
        }
    }
}
