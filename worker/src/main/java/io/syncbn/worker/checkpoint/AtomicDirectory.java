package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory of files that is there whole, or not at all, whatever happens while it is made, replaced or deleted.
 *
 * <p>Work in progress stands beside it under hidden names ({@link InProgress}), which no two writers share: one that stood
 * still, and that others have gone on without, may wake up beside them. {@link #clear} puts in order what writers left that
 * are gone. Readers need no care.
 */
final class AtomicDirectory {
    private AtomicDirectory() {}

    /** Makes or replaces a directory of these files, by name. */
    static void write(Path directory, Map<String, byte[]> files, Writer writer) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        Path partial = InProgress.partial(directory, writer);
        Path replaced = InProgress.replacedBy(partial);
        try {
            Files.createDirectory(partial);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                DiskFile.write(partial.resolve(file.getKey()), file.getValue());
            }
            DiskFile.sync(partial);
            if (Files.exists(directory)) {
                rename(directory, replaced);
            }
            rename(partial, directory);
            DiskFile.sync(directory.getParent());
        } catch (IOException e) {
            undo(e, directory, partial, replaced);
            throw e;
        }
        deleteTree(replaced);
    }

    /** Undoes without hiding why. */
    private static void undo(IOException fault, Path directory, Path partial, Path replaced) {
        try {
            putBack(replaced, directory);
            deleteTree(partial);
        } catch (IOException e) {
            fault.addSuppressed(e);
        }
    }

    /** Deletes a directory, which is gone at once even if its files are not yet. */
    static void delete(Path directory, Writer writer) throws IOException {
        Path partial = InProgress.partial(directory, writer);
        try {
            rename(directory, partial);
        } catch (NoSuchFileException e) {
            // Another writer was faster.
        }
        deleteTree(partial);
    }

    /** Ends what writers that are gone had in progress: what was replaced by nothing is put back, all else deleted. */
    static void clear(Path parent, Writer writer) throws IOException {
        for (Path child : children(parent)) {
            InProgress found = InProgress.of(child).orElse(null);
            if (found != null && writer.knowsThatIsGone(found.writer())) {
                if (found.isReplaced()) {
                    putBack(child, parent.resolve(found.name()));
                }
                deleteTree(child);
            }
        }
    }

    private static void putBack(Path replaced, Path directory) throws IOException {
        if (Files.exists(replaced) && !Files.exists(directory)) {
            rename(replaced, directory);
        }
    }

    private static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    static List<Path> children(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.sorted().toList();
        }
    }

    /** Deletes what there is. */
    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(root)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
