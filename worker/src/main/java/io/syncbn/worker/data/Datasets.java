package io.syncbn.worker.data;

import io.syncbn.proto.job.Job;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens data sets of every kind. */
public final class Datasets {
    private Datasets() {}

    /** A job's data. Half of the heap may hold decoded rows; others are decoded at every read. */
    public static DecodedDataset open(Job job) {
        long cacheBytes = Runtime.getRuntime().maxMemory() / 2;
        return new DecodedDataset(open(job.data(), job.imageSize()), cacheBytes);
    }

    /**
     * Opens a data set: reads its index, labels and digest, but no rows.
     *
     * @param imageSize height and width to scale pictures of an image folder to; 0 for none
     * @throws DataException if it is not there, or not what its kind says
     */
    public static Dataset open(Job.DataSource source, int imageSize) {
        if (imageSize > 0 && !source.kind().equals("imagefolder")) {
            throw new DataException(
                    "--image-size scales the pictures of an imagefolder; " + source.kind() + " has a fixed size");
        }
        return switch (source.kind()) {
            case "shapes" -> ShapesData.open();
            case "mnist" -> MnistData.open(directory(source));
            case "cifar10" -> Cifar10Data.open(directory(source));
            case "imagefolder" -> ImageFolderData.open(path(source), imageSize);
            case "npy" -> NpyData.open(directory(source));
            default -> throw new IllegalArgumentException("no kind of data: " + source.kind());
        };
    }

    private static Path directory(Job.DataSource source) {
        Path path = path(source);
        if (!Files.isDirectory(path)) {
            throw new DataException(path + ": " + source.kind() + " data is read from a directory, and this is a file");
        }
        return path;
    }

    private static Path path(Job.DataSource source) {
        try {
            Path path = Path.of(source.path());
            if (!Files.exists(path)) {
                throw new DataException(path + ": no such file or directory");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new DataException("'" + source.path() + "' is no path: " + e.getReason(), e);
        }
    }
}
