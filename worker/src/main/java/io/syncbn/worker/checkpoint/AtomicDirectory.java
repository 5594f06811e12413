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
 * A directory of files that is there whole, or not at all, whatever happens while it is made, replaced or deleted.
 *
 * <p>Work in progress stands beside it under hidden names ({@link InProgress}), which no two writers share: one that stood
 * still, and that others have gone on without, may wake up beside them. {@link Leftovers} puts in order what writers left
 * that are gone. Readers need no care.
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

    /** Undoes without hiding why. */
    private static void undo(IOException fault, Path directory, Path partial, Path replaced) {
        try {
            Leftovers.putBack(replaced, directory);
            Leftovers.deleteTree(partial);
        } catch (IOException e) {
            fault.addSuppressed(e);
        }
    }

    /** Deletes a directory, which is gone at once even if its files are not yet. */
    static void delete(Path directory, Writer writer) throws IOException {
        Path base = InProgress.base(directory, writer);
        Path partial = InProgress.partial(base);
        try (Claim claim = Claim.take(InProgress.claim(base))) {
            try {
                rename(directory, partial);
            } catch (NoSuchFileException e) {
                // Another writer was faster.
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
