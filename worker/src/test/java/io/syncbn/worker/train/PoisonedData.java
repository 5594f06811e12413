package io.syncbn.worker.train;

import io.syncbn.worker.data.Dataset;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.nn.Shape;
import java.util.Random;

/** Random pictures, one of which is NaN once that is asked for; never kept decoded. */
final class PoisonedData implements Dataset {
    static final int TRAIN_ROWS = 24;

    private final int poisonedRow;
    private volatile boolean isPoisoned;

    PoisonedData(int poisonedRow) {
        this.poisonedRow = poisonedRow;
    }

    DecodedDataset undecoded() {
        return new DecodedDataset(this, 0);
    }

    /** From now on, after the statistics of all pictures have been summed. */
    void poison() {
        isPoisoned = true;
    }

    @Override
    public Shape shape() {
        return TrajectoryModel.INPUT;
    }

    @Override
    public int classes() {
        return TrajectoryModel.CLASSES;
    }

    @Override
    public Split train() {
        return new Rows(TRAIN_ROWS, true);
    }

    @Override
    public Split test() {
        return new Rows(8, false);
    }

    @Override
    public String digest() {
        return "random";
    }

    @Override
    public void close() {}

    private final class Rows implements Split {
        private final int size;
        private final boolean isTraining;

        Rows(int size, boolean isTraining) {
            this.size = size;
            this.isTraining = isTraining;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public int label(int row) {
            return row % TrajectoryModel.CLASSES;
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            Random random = new Random(row);
            for (int i = 0; i < shape().size(); i++) {
                destination[offset + i] = random.nextFloat();
            }
            if (isTraining && isPoisoned && row == poisonedRow) {
                destination[offset + 5] = Float.NaN;
            }
        }
    }
}
