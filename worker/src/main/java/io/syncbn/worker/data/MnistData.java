package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * MNIST and its relatives: grey pictures of 10 classes in four IDX files, gzipped or not (LeCun, Cortes &amp; Burges,
 * <i>The MNIST database of handwritten digits</i>, has the format). Held in memory as a whole. The digest covers all
 * pictures and labels, and is the same for gzipped and plain files.
 */
final class MnistData {
    private static final int CLASSES = 10;
    /** 0, 0, type 8 (unsigned bytes), number of dimensions. */
    private static final int PICTURES_MAGIC = 0x0803;

    private static final int LABELS_MAGIC = 0x0801;
    private static final byte[] GZIP_MAGIC = {0x1F, (byte) 0x8B};

    private MnistData() {}

    static Dataset open(Path directory) {
        ContentDigest digest = new ContentDigest("mnist");
        Rows train = rows(directory, "train", digest);
        Rows test = rows(directory, "t10k", digest);
        if (!train.shape.equals(test.shape)) {
            throw new DataException(directory + ": test pictures are " + test.shape + ", expected " + train.shape
                    + " as the training pictures");
        }
        return new OpenDataset(train.shape, Dataset.numbers(CLASSES), train, test, digest.hex(), () -> {});
    }

    private static Rows rows(Path directory, String prefix, ContentDigest digest) {
        Idx pictures = Idx.read(directory, prefix + "-images", "idx3-ubyte", PICTURES_MAGIC);
        Idx labels = Idx.read(directory, prefix + "-labels", "idx1-ubyte", LABELS_MAGIC);
        int count = pictures.dimensions[0];
        if (labels.dimensions[0] != count) {
            throw new DataException(labels.file + ": holds " + labels.dimensions[0] + " labels, expected " + count
                    + " as " + pictures.file.getFileName() + " has pictures");
        }
        for (int row = 0; row < count; row++) {
            if ((labels.data[row] & 0xFF) >= CLASSES) {
                throw new DataException(
                        labels.file + ": row " + row + " has label " + (labels.data[row] & 0xFF) + ", expected 0 to 9");
            }
        }
        Shape shape = new Shape(pictures.dimensions[1], pictures.dimensions[2], 1);
        digest.number(count).number(shape.height()).number(shape.width());
        digest.bytes(labels.data, 0, labels.data.length).bytes(pictures.data, 0, pictures.data.length);
        return new Rows(shape, pictures.data, labels.data);
    }

    private record Rows(Shape shape, byte[] pictures, byte[] labels) implements ByteSplit {

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
            System.arraycopy(pictures, row * shape.size(), destination, offset, shape.size());
        }
    }

    /** One file: a magic number, the dimensions, and as many bytes as they say. */
    private record Idx(Path file, int[] dimensions, byte[] data) {

        /** Archives spell names with a dash or a dot; a file's first bytes tell whether it is gzipped. */
        static Idx read(Path directory, String name, String suffix, int magic) {
            Path file = Stream.of("-", ".")
                    .flatMap(joint -> Stream.of("", ".gz").map(end -> directory.resolve(name + joint + suffix + end)))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new DataException(directory + ": has neither " + name + "-" + suffix + " nor "
                            + name + "." + suffix + ", gzipped (.gz) or not"));
            try (PushbackInputStream raw = new PushbackInputStream(Files.newInputStream(file), GZIP_MAGIC.length);
                    InputStream in = isGzipped(raw) ? new GZIPInputStream(raw, 1 << 16) : raw) {
                return read(file, in, magic);
            } catch (IOException e) {
                throw DataException.unreadable(file, e);
            }
        }

        private static boolean isGzipped(PushbackInputStream in) throws IOException {
            byte[] first = in.readNBytes(GZIP_MAGIC.length);
            in.unread(first);
            return Arrays.equals(first, GZIP_MAGIC);
        }

        private static Idx read(Path file, InputStream in, int magic) throws IOException {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(4 + 4 * (magic & 0xFF)));
            if (header.remaining() < 4 || header.getInt(0) != magic) {
                String found =
                        header.remaining() < 4 ? "no" : String.format(Locale.ROOT, "0x%08x as", header.getInt(0));
                throw new DataException(file + ": has " + found + " magic number, expected "
                        + String.format(Locale.ROOT, "0x%08x (unsigned bytes, %d dimensions)", magic, magic & 0xFF));
            }
            if (header.position(4).remaining() < 4 * (magic & 0xFF)) {
                throw new DataException(file + ": ends inside its header");
            }
            int[] dimensions = new int[magic & 0xFF];
            long expected = 1;
            for (int i = 0; i < dimensions.length; i++) {
                dimensions[i] = header.getInt();
                expected = dimensions[i] < 1 ? -1 : Math.min(expected * dimensions[i], 1L << 31);
                if (expected < 1 || expected > Integer.MAX_VALUE - 8) {
                    throw new DataException(file + ": dimension " + i + " is " + dimensions[i]
                            + "; expected at least 1, and less than 2 GiB in all");
                }
            }
            byte[] data = in.readNBytes((int) expected);
            if (data.length < expected) {
                throw new DataException(file + ": holds " + data.length + " bytes after its header, expected "
                        + expected + " (" + describe(dimensions) + ")");
            }
            if (in.read() != -1) {
                throw new DataException(file + ": goes on after the " + expected + " bytes (" + describe(dimensions)
                        + ") that its header announces");
            }
            return new Idx(file, dimensions, data);
        }

        private static String describe(int[] dimensions) {
            StringBuilder text = new StringBuilder().append(dimensions[0]);
            for (int i = 1; i < dimensions.length; i++) {
                text.append(" x ").append(dimensions[i]);
            }
            return text.toString();
        }
    }
}
