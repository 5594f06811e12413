package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;

/** Labelled pictures (or feature vectors), split into training and test rows. Reading is thread-safe. */
public interface Dataset extends AutoCloseable {

    Shape shape();

    int classes();

    Split train();

    Split test();

    /** SHA-256 (hex) of the content, wherever it is stored: equal for workers that see equal data. */
    String digest();

    @Override
    void close();

    /** Rows in a fixed order. */
    interface Split {
        int size();

        /** The class of a row: 0 … classes − 1. */
        int label(int row);

        /**
         * Reads a row as H × W × C floats; bytes as value/255.
         *
         * @throws DataException if the row cannot be read, naming file and fault
         */
        void read(int row, float[] destination, int offset);
    }
}
