package io.syncbn.worker.data;

import java.io.IOException;
import java.util.Optional;

/**
 * Opens data sets of one format. The built-in ones are named in {@link DataFormats}; a class of the user's own is named by
 * {@code --data class:com.example.MyData:PATH}, and must be public, with a public constructor without arguments.
 *
 * <p>Every worker opens the data for itself, perhaps on a machine of its own, and all must see the same: equal rows in equal
 * order, and an equal {@link Dataset#digest}. {@link InMemoryDataset} serves data that fits into memory.
 */
@FunctionalInterface
public interface DataFormat {

    /**
     * Opens a data set; rows may be read later.
     *
     * @param path of a file or directory, the part of {@code --data} after the format's name; may be empty
     * @throws DataException if it is not there, or not of this format, with a message for the user
     * @throws IOException if it cannot be read
     */
    Dataset open(String path) throws IOException;

    /**
     * The same with pictures of one height and width, scaled to it or made so, for {@code --image-size}.
     *
     * @return empty if the format does not support that
     */
    default Optional<Dataset> openScaled(String path, int imageSize) throws IOException {
        return Optional.empty();
    }
}
