package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory of files that is there whole, or not at all, whatever happens while it is made, replaced or deleted.
 *
 * <p>Work in progress stands beside it under hidden names: {@code .NAME.partial} is being made or deleted, and worth nothing;
 * {@code .NAME.replaced} makes way for a new NAME, and is worth keeping until that is there. {@link #clear} puts in order
 * what a crash left. One process at a time may write under a parent directory; readers need no care.
 */
final class AtomicDirectory {
    private static final Pattern IN_PROGRESS = Pattern.compile("\\.(.+)\\.(partial|replaced)");

    private AtomicDirectory() {}

    /** Makes or replaces a directory of these files, by name. */
    static void write(Path directory, Map<String, byte[]> files) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        Path partial = partial(directory);
        try {
            Files.createDirectory(partial);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                DiskFile.write(partial.resolve(file.getKey()), file.getValue());
            }
            DiskFile.sync(partial);
            if (Files.exists(directory)) {
                rename(directory, hidden(directory, "replaced"));
            }
            rename(partial, directory);
            DiskFile.sync(directory.getParent());
        } catch (IOException e) {
            clearAfter(e, directory.getParent());
            throw e;
        }
        clear(directory.getParent());
    }

    /** Clears without hiding why. What cannot be cleared now is cleared by the next write. */
    private static void clearAfter(IOException fault, Path parent) {
        try {
            clear(parent);
        } catch (IOException e) {
            fault.addSuppressed(e);
        }
    }

    /** Deletes a directory, which is gone at once even if its files are not yet. */
    static void delete(Path directory) throws IOException {
        rename(directory, partial(directory));
        deleteTree(partial(directory));
    }

    /** Ends what was in progress: a replaced directory whose successor never came is put back, all else deleted. */
    static void clear(Path parent) throws IOException {
        for (Path child : children(parent)) {
            Matcher matcher = IN_PROGRESS.matcher(child.getFileName().toString());
            if (matcher.matches()) {
                Path directory = parent.resolve(matcher.group(1));
                if (matcher.group(2).equals("replaced") && !Files.exists(directory)) {
                    rename(child, directory);
                } else {
                    deleteTree(child);
                }
            }
        }
    }

    private static Path partial(Path directory) {
        return hidden(directory, "partial");
    }

    private static Path hidden(Path directory, String suffix) {
        return directory.resolveSibling("." + directory.getFileName() + "." + suffix);
    }

    private static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    static List<Path> children(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.sorted().toList();
        }
    }

    private static void deleteTree(Path root) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(root)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
