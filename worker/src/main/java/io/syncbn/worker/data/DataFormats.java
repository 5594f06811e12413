package io.syncbn.worker.data;

import io.syncbn.proto.DidYouMean;
import io.syncbn.proto.job.Job.DataSource;
import io.syncbn.worker.classes.UserClassException;
import io.syncbn.worker.classes.UserClasses;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Data formats by name: the built-in ones, and classes on the class path. */
public final class DataFormats {
    private static final String OWN = "class:NAME[:PATH]";
    /** In place of a least image size. */
    private static final int FIXED = 0;

    private static final Map<String, BuiltIn> BUILT_IN = new LinkedHashMap<>();

    static {
        BUILT_IN.put("shapes", new BuiltIn(Place.NOWHERE, ShapePainter.LEAST_SIZE, new ShapesData()));
        BUILT_IN.put(
                "mnist",
                new BuiltIn(Place.DIRECTORY, FIXED, path -> MnistData.open(DataPaths.directory("mnist", path))));
        BUILT_IN.put(
                "cifar10",
                new BuiltIn(Place.DIRECTORY, FIXED, path -> Cifar10Data.open(DataPaths.directory("cifar10", path))));
        BUILT_IN.put("imagefolder", new BuiltIn(Place.DIRECTORY_OR_ZIP, 1, new ImageFolderFormat()));
        BUILT_IN.put(
                "npy", new BuiltIn(Place.DIRECTORY, FIXED, path -> NpyData.open(DataPaths.directory("npy", path))));
    }

    private DataFormats() {}

    /** Where a built-in format has its files, as help puts it. */
    private enum Place {
        NOWHERE(" (built in)"),
        DIRECTORY(":DIR"),
        DIRECTORY_OR_ZIP(":DIR-or-zip");

        private final String text;

        Place(String text) {
            this.text = text;
        }
    }

    /** @param leastSize the smallest {@code --image-size}; {@link #FIXED} if there can be none */
    private record BuiltIn(Place place, int leastSize, DataFormat format) {}

    /** All formats, in words. */
    public static String help() {
        return BUILT_IN.entrySet().stream()
                        .map(format -> format.getKey() + format.getValue().place().text)
                        .collect(Collectors.joining(", "))
                + ", or " + OWN + ", a class on the class path";
    }

    /** What is wrong with a data set's name, as far as can be told without opening it. */
    public static Optional<String> problem(DataSource source) {
        if (source.ownClass().isPresent()) {
            return source.ownClass().get().isBlank() ? Optional.of(expected(source, OWN)) : Optional.empty();
        }
        BuiltIn format = BUILT_IN.get(source.format());
        if (format == null) {
            return Optional.of(expected(source, expectation()) + hint(source.format()));
        }
        if ((format.place() == Place.NOWHERE) != source.path().isEmpty()) {
            return Optional.of(expected(
                    source, source.path().isEmpty() ? source.format() + ":PATH" : source.format() + " without a path"));
        }
        return Optional.empty();
    }

    /**
     * What is wrong with a data set's name or the size of its pictures, as far as can be told without opening it.
     *
     * @param imageSize as {@code --image-size} has it: 0 for pictures as they are
     */
    public static Optional<String> problem(DataSource source, int imageSize) {
        return problem(source).or(() -> Optional.ofNullable(BUILT_IN.get(source.format()))
                .filter(format -> imageSize > 0 && source.ownClass().isEmpty())
                .flatMap(format -> sizeProblem(source, imageSize, format.leastSize())));
    }

    private static Optional<String> sizeProblem(DataSource source, int imageSize, int least) {
        if (least == FIXED) {
            return Optional.of(fixedSize(source));
        }
        return imageSize < least
                ? Optional.of("--image-size is '" + imageSize + "'; expected 0 or a whole number from " + least
                        + " for " + source.format())
                : Optional.empty();
    }

    private static String fixedSize(DataSource source) {
        String sized = BUILT_IN.entrySet().stream()
                .filter(format -> format.getValue().leastSize() != FIXED)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(" and "));
        return "--image-size is for the pictures of " + sized + "; " + source.format() + " has a fixed size";
    }

    private static String hint(String format) {
        return format.contains(".")
                ? "; did you mean class:" + format + "?"
                : DidYouMean.hint(format, BUILT_IN.keySet());
    }

    private static String expectation() {
        return BUILT_IN.entrySet().stream()
                        .map(format -> format.getValue().place() == Place.NOWHERE
                                ? format.getKey()
                                : format.getKey() + ":PATH")
                        .collect(Collectors.joining(", "))
                + ", or " + OWN;
    }

    private static String expected(DataSource source, String what) {
        return "--data is '" + source + "'; expected " + what;
    }

    /**
     * Opens a data set: reads its index, labels and digest, but no rows.
     *
     * @param imageSize height and width that pictures are to have; 0 for their own
     * @throws DataException if it is not there, or not what its format says
     */
    public static Dataset open(DataSource source, int imageSize) {
        problem(source, imageSize).ifPresent(problem -> {
            throw new DataException(problem);
        });
        return source.ownClass().isPresent()
                ? openOwn(source, source.ownClass().get(), imageSize)
                : open(source, BUILT_IN.get(source.format()).format(), imageSize);
    }

    private static Dataset open(DataSource source, DataFormat format, int imageSize) {
        try {
            if (imageSize == 0) {
                return format.open(source.path());
            }
            return format.openScaled(source.path(), imageSize).orElseThrow(() -> new DataException(fixedSize(source)));
        } catch (IOException e) {
            throw DataException.unreadable(source.path().isEmpty() ? source : source.path(), e);
        }
    }

    private static Dataset openOwn(DataSource source, String name, int imageSize) {
        try {
            DataFormat format = UserClasses.make(name, DataFormat.class, "a data format")
                    .orElseThrow(() -> new DataException("--data is '" + source + "', and there is no class \"" + name
                            + "\" on the class path" + DidYouMean.hint(name, BUILT_IN.keySet())));
            return CheckedDataset.of(name, open(source, format, imageSize));
        } catch (UserClassException e) {
            throw new DataException(e.getMessage(), e);
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new DataException(name + " could not open '" + source.path() + "': " + e, e);
        }
    }
}
