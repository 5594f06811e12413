package io.syncbn.worker.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * The files of a directory, down to two folders deep (what lies deeper is listed as a folder). Links are followed. Has no
 * checksums: they would take reading everything.
 */
final class DirectoryTree implements FileTree {
    private static final int DEPTH = 3;

    private final Path root;

    DirectoryTree(Path root) {
        this.root = root;
    }

    @Override
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return add(folder, attributes);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    return add(file, attributes);
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    throw DataException.unreadable(file, e);
                }

                private FileVisitResult add(Path path, BasicFileAttributes attributes) {
                    StringBuilder name = new StringBuilder();
                    root.relativize(path).forEach(part -> name.append(name.isEmpty() ? "" : "/")
                            .append(part));
                    if (attributes.isDirectory()) {
                        name.append('/');
                    }
                    entries.add(new Entry(name.toString(), attributes.size(), Entry.NO_CHECKSUM));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw DataException.unreadable(root, e);
        }
        return entries;
    }

    @Override
    public byte[] read(Entry entry) {
        Path file = root.resolve(entry.path());
        if (RowFile.size(file) > MAX_FILE_BYTES) {
            throw new DataException(file + ": has " + RowFile.size(file) + " bytes, more than " + MAX_FILE_BYTES);
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw DataException.unreadable(file, e);
        }
    }

    @Override
    public String describe(Entry entry) {
        return root.resolve(entry.path()).toString();
    }

    @Override
    public void close() {
        // Holds nothing open.
    }
}
