package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * An opened data set of any built-in kind, assembled from its parts.
 *
 * @param files what the splits read from
 */
record OpenDataset(Shape shape, List<String> classNames, Split train, Split test, String digest, Closeable files)
        implements Dataset {

    @Override
    public int classes() {
        return classNames.size();
    }

    @Override
    public double storedScale() {
        return train instanceof ByteSplit ? ByteSplit.MOST : 1;
    }

    @Override
    public void close() {
        close(files);
    }

    static void close(Closeable files) {
        try {
            files.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
