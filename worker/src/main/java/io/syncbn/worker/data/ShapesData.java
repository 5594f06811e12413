package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Built-in data that needs no download: 4,000 training and 1,000 test pictures of 32 × 32 × 3, or of the size that {@code
 * --image-size} asks for, one of ten shapes in each, row {@code i} showing the shape {@code i mod 10}. {@link ShapeKind}
 * says what each class looks like, {@link ShapePainter} how pictures of it vary. Rows are painted when they are read, and are the same for every job.
 */
final class ShapesData implements DataFormat {
    /** Grows with every change of the pictures. */
    private static final int VERSION = 1;

    private static final int TRAIN_ROWS = 4000;
    private static final int TEST_ROWS = 1000;

    @Override
    public Dataset open(String path) {
        return open(ShapePainter.OWN_SIZE);
    }

    /** Draws the same scenes in another size: nothing is scaled. */
    @Override
    public Optional<Dataset> openScaled(String path, int imageSize) {
        return Optional.of(open(imageSize));
    }

    private static Dataset open(int imageSize) {
        Shape shape = ShapePainter.shape(imageSize);
        return new OpenDataset(
                shape,
                Arrays.stream(ShapeKind.values())
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .toList(),
                new Rows(0, TRAIN_ROWS, shape),
                new Rows(1, TEST_ROWS, shape),
                digest(imageSize),
                () -> {});
    }

    private static String digest(int imageSize) {
        ContentDigest digest = new ContentDigest("shapes").number(VERSION);
        return imageSize == ShapePainter.OWN_SIZE
                ? digest.hex()
                : digest.number(imageSize).hex();
    }

    /** @param part 0 for training, 1 for test: pictures of equal rows differ */
    private record Rows(int part, int size, Shape shape) implements ByteSplit {

        @Override
        public int label(int row) {
            return row % ShapeKind.values().length;
        }

        @Override
        public void readBytes(int row, byte[] destination, int offset) {
            ShapeKind kind = ShapeKind.values()[label(row)];
            byte[] picture = new ShapePainter(part, row, shape.height()).paint(kind);
            System.arraycopy(picture, 0, destination, offset, picture.length);
        }
    }
}
