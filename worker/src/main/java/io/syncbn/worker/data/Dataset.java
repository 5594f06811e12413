package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.util.List;
import java.util.stream.IntStream;

/** Labelled pictures (or feature vectors), split into training and test rows. Reading is thread-safe. */
public interface Dataset extends AutoCloseable {

    Shape shape();

    int classes();

    /** A name for each class, in the order of the labels; the labels themselves unless the data says more. */
    default List<String> classNames() {
        return numbers(classes());
    }

    /** How many times as large as those that rows are read as the numbers are that the files hold: 255 for bytes. */
    default double storedScale() {
        return 1;
    }

    Split train();

    Split test();

    /** SHA-256 (hex) of the content, wherever it is stored: equal for workers that see equal data. */
    String digest();

    @Override
    void close();

    /** The names of classes that have none but their numbers. */
    static List<String> numbers(int classes) {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

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
