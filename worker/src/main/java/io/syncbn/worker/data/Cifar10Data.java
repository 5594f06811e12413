package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CIFAR-10's binary version (Krizhevsky 2009): files of records, each a label and 3 × 32 × 32 bytes. Read through once
 * when opened, for the labels and the digest, which covers every byte.
 */
final class Cifar10Data {
    private static final String SUBDIRECTORY = "cifar-10-batches-bin";
    private static final List<String> TRAIN_FILES =
            List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin");
    private static final List<String> TEST_FILES = List.of("test_batch.bin");
    /** As batches.meta.txt beside the files has them. */
    private static final List<String> CLASSES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private static final Shape SHAPE = new Shape(32, 32, 3);
    private static final int RECORD_BYTES = 1 + 3 * 32 * 32;

    private Cifar10Data() {}

    static Dataset open(Path directory) {
        Path inner = directory.resolve(SUBDIRECTORY);
        Path files = Files.isDirectory(inner) ? inner : directory;
        ContentDigest digest = new ContentDigest("cifar10");
        Records train = records(files, TRAIN_FILES, digest);
        Records test = records(files, TEST_FILES, digest);
        Closeable both = () -> {
            train.close();
            test.close();
        };
        return new OpenDataset(SHAPE, CLASSES, train, test, digest.hex(), both);
    }

    private static Records records(Path directory, List<String> names, ContentDigest digest) {
        List<RowFile> files = new ArrayList<>();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        for (String name : names) {
            Path file = directory.resolve(name);
            if (!Files.exists(file)) {
                throw new DataException(directory + ": has no " + name + ", expected " + String.join(", ", names)
                        + " of the binary version (cifar-10-binary.tar.gz)");
            }
            labels.writeBytes(scan(file, digest));
            files.add(new RowFile(file, 0, RECORD_BYTES));
        }
        return new Records(files, labels.toByteArray());
    }

    /** Reads a file's labels. */
    private static byte[] scan(Path file, ContentDigest digest) {
        long size = RowFile.size(file);
        if (size == 0 || size % RECORD_BYTES != 0) {
            throw new DataException(file + ": has " + size + " bytes, expected a multiple of " + RECORD_BYTES
                    + " (a label and 3 x 32 x 32 bytes a row)");
        }
        digest.number(size);
        byte[] labels = new byte[Math.toIntExact(size / RECORD_BYTES)];
        byte[] block = new byte[RECORD_BYTES];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
            for (int row = 0; row < labels.length; row++) {
                in.readNBytes(block, 0, RECORD_BYTES);
                digest.bytes(block, 0, RECORD_BYTES);
                labels[row] = block[0];
                if ((labels[row] & 0xFF) >= CLASSES.size()) {
                    throw new DataException(
                            file + ": row " + row + " has label " + (labels[row] & 0xFF) + ", expected 0 to 9");
                }
            }
        } catch (IOException e) {
            throw DataException.unreadable(file, e);
        }
        return labels;
    }

    /** The rows of several files, one after the other. */
    private record Records(List<RowFile> files, byte[] labels) implements ByteSplit, Closeable {

        @Override
        public Shape shape() {
            return SHAPE;
        }

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
            int file = 0;
            int rowOfFile = row;
            while (rowOfFile >= files.get(file).rows()) {
                rowOfFile -= files.get(file++).rows();
            }
            ByteSplit.channelsLast(files.get(file).read(rowOfFile), 1, SHAPE, destination, offset);
        }

        @Override
        public void close() throws IOException {
            for (RowFile file : files) {
                file.close();
            }
        }
    }
}
