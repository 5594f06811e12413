package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory of files that readers see whole or not at all, even if writing, replacing or deleting it is interrupted.
 *
 * <p>Work in progress lies beside it under hidden names ({@link InProgress}) that are unique to each writer, because a
 * stalled writer that has been replaced may resume beside its successor. {@link Leftovers} cleans up after writers that
 * are gone. Readers need no locking.
 */
final class AtomicDirectory {
    private AtomicDirectory() {}

    /** Makes or replaces a directory of these files, by name. */
    static void write(Path directory, Map<String, byte[]> files, Writer writer) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        Path base = InProgress.base(directory, writer);
        Path partial = InProgress.partial(base);
        Path replaced = InProgress.replaced(base);
        try (Claim claim = Claim.take(InProgress.claim(base))) {
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
            Leftovers.deleteTree(replaced);
        }
    }

    /** Rolls back; a failure to do so is added to {@code fault} as suppressed. */
    private static void undo(IOException fault, Path directory, Path partial, Path replaced) {
        try {
            Leftovers.putBack(replaced, directory);
            Leftovers.deleteTree(partial);
        } catch (IOException e) {
            fault.addSuppressed(e);
        }
    }

    /** Deletes a directory: renames it away first, so that it disappears at once, then deletes its files. */
    static void delete(Path directory, Writer writer) throws IOException {
        Path base = InProgress.base(directory, writer);
        Path partial = InProgress.partial(base);
        try (Claim claim = Claim.take(InProgress.claim(base))) {
            try {
                rename(directory, partial);
            } catch (NoSuchFileException e) {
                // Another writer deleted it first.
            }
            Leftovers.deleteTree(partial);
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
}
