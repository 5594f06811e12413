package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;

/**
 * Built-in data that needs no download: 4,000 training and 1,000 test pictures of 32 × 32 × 3, one of ten shapes in each,
 * row {@code i} showing the shape {@code i mod 10}. {@link ShapeKind} says what each class looks like, {@link
 * ShapePainter} how pictures of it vary. Rows are painted when they are read, and are the same for every job.
 */
final class ShapesData {
    /** Grows with every change of the pictures. */
    private static final int VERSION = 1;

    private static final int TRAIN_ROWS = 4000;
    private static final int TEST_ROWS = 1000;

    private ShapesData() {}

    static Dataset open() {
        String digest = new ContentDigest("shapes").number(VERSION).hex();
        return new OpenDataset(
                ShapePainter.SHAPE,
                ShapeKind.values().length,
                new Rows(0, TRAIN_ROWS),
                new Rows(1, TEST_ROWS),
                digest,
                () -> {});
    }

    /** @param part 0 for training, 1 for test: pictures of equal rows differ */
    private record Rows(int part, int size) implements ByteSplit {

        @Override
        public Shape shape() {
            return ShapePainter.SHAPE;
        }

        @Override
        public int label(int row) {
            return row % ShapeKind.values().length;
        }

        @Override
        public void readBytes(int row, byte[] destination, int offset) {
            ShapeKind kind = ShapeKind.values()[label(row)];
            byte[] picture = new ShapePainter(part, row).paint(kind);
            System.arraycopy(picture, 0, destination, offset, picture.length);
        }
    }
}
