package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;

/**
 * Variations of training pictures, as He et al. (2016, §4.2) train on CIFAR-10: the picture moves by up to an eighth of
 * its height in each direction, and missing pixels become 0 (the mean, after normalization); half of the pictures are
 * mirrored. Flat features stay as they are.
 */
final class Augmentation {
    private Augmentation() {}

    /** The random numbers of a row in an epoch: the same wherever and whenever the row is read. */
    static CounterRandom random(long seed, long epoch, int row) {
        return new CounterRandom(seed, Purpose.AUGMENT, epoch, row, 0);
    }

    /**
     * Writes a variation of a picture; a pure function of the picture and the random numbers.
     *
     * @param picture H × W × C, normalized
     */
    static void apply(Shape shape, CounterRandom random, float[] picture, float[] destination, int offset) {
        int pad = shape.height() / 8;
        int down = random.nextInt(2 * pad + 1) - pad;
        int right = random.nextInt(2 * pad + 1) - pad;
        boolean mirrored = random.nextInt(2) == 1;
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                int fromY = y - down;
                int fromX = (mirrored ? shape.width() - 1 - x : x) - right;
                boolean visible = fromY >= 0 && fromY < shape.height() && fromX >= 0 && fromX < shape.width();
                int to = offset + (y * shape.width() + x) * shape.channels();
                int from = (fromY * shape.width() + fromX) * shape.channels();
                for (int c = 0; c < shape.channels(); c++) {
                    destination[to + c] = visible ? picture[from + c] : 0;
                }
            }
        }
    }
}
