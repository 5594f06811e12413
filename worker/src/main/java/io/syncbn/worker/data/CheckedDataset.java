package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/**
 * Wraps a data set that a class of the user's has opened: checks its metadata and labels once, and reports any
 * exception while a row is read as a {@link DataException}.
 */
final class CheckedDataset implements Dataset {
    private final Dataset source;
    private final Rows train;
    private final Rows test;

    private CheckedDataset(Dataset source, Rows train, Rows test) {
        this.source = source;
        this.train = train;
        this.test = test;
    }

    /**
     * Checks and wraps a data set.
     *
     * @param name of the class that has opened it
     * @throws DataException if it cannot be trained on
     */
    static CheckedDataset of(String name, Dataset source) {
        require(source != null, name, "opened nothing: null");
        require(source.shape() != null, name, "has no shape: null");
        require(source.classes() >= 1, name, "has " + source.classes() + " classes, expected at least 1");
        require(
                source.digest() != null && source.digest().matches("[0-9a-f]{64}"),
                name,
                "has the digest '" + source.digest() + "', expected 64 hexadecimal digits in lower case");
        requireNames(name, source);
        require(
                source.storedScale() > 0 && source.storedScale() < Double.POSITIVE_INFINITY,
                name,
                "has a stored scale of " + source.storedScale() + ", expected a number above 0");
        return new CheckedDataset(
                source,
                rows(name, "training", source.train(), source.classes()),
                rows(name, "test", source.test(), source.classes()));
    }

    private static void requireNames(String name, Dataset source) {
        List<String> names = source.classNames();
        require(names != null && names.stream().allMatch(Objects::nonNull), name, "has no name for each class: null");
        require(
                names.size() == source.classes(),
                name,
                "has " + names.size() + " names of classes, expected " + source.classes());
    }

    private static Rows rows(String name, String part, Split split, int classes) {
        require(split != null && split.size() >= 1, name, "has no " + part + " rows");
        for (int row = 0; row < split.size(); row++) {
            int label = split.label(row);
            require(
                    label >= 0 && label < classes,
                    name,
                    part + " row " + row + " has label " + label + ", expected 0 to " + (classes - 1));
        }
        return new Rows(name + ": " + part + " row ", split);
    }

    private static void require(boolean isRight, String name, String fault) {
        if (!isRight) {
            throw new DataException(name + ": " + fault);
        }
    }

    private record Rows(String name, Split split) implements Split {
        @Override
        public int size() {
            return split.size();
        }

        @Override
        public int label(int row) {
            return split.label(row);
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            try {
                split.read(row, destination, offset);
            } catch (DataException e) {
                throw e;
            } catch (UncheckedIOException e) {
                throw DataException.unreadable(name + row, e.getCause());
            } catch (RuntimeException e) {
                throw new DataException(name + row + " cannot be read: " + e, e);
            }
        }
    }

    @Override
    public Shape shape() {
        return source.shape();
    }

    @Override
    public int classes() {
        return source.classes();
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public double storedScale() {
        return source.storedScale();
    }

    @Override
    public Split train() {
        return train;
    }

    @Override
    public Split test() {
        return test;
    }

    @Override
    public String digest() {
        return source.digest();
    }

    @Override
    public void close() {
        source.close();
    }
}
