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
import java.util.stream.Stream;

/**
 * The files of a directory, down to two folders deep (what lies deeper is listed as a folder). Links are followed. Has
 * no checksums: they would require reading every file.
 */
final class DirectoryTree implements FileTree {
    private static final int DEPTH = 3;

    private final Path root;

    DirectoryTree(Path root) {
        this.root = root;
    }

    /** The tree in a directory, or in its only folder that has a train folder. */
    static DirectoryTree of(Path directory) {
        if (hasTrain(directory)) {
            return new DirectoryTree(directory);
        }
        try (Stream<Path> inner = Files.list(directory)) {
            List<Path> roots = inner.filter(DirectoryTree::hasTrain).toList();
            return new DirectoryTree(roots.size() == 1 ? roots.get(0) : directory);
        } catch (IOException e) {
            throw DataException.unreadable(directory, e);
        }
    }

    private static boolean hasTrain(Path directory) {
        return Files.isDirectory(directory.resolve("train"));
    }

    @Override
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (folder.equals(root)) {
                        return FileVisitResult.CONTINUE;
                    }
                    return isLeftover(folder) ? FileVisitResult.SKIP_SUBTREE : add(folder, attributes);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    return isLeftover(file) ? FileVisitResult.CONTINUE : add(file, attributes);
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    if (isLeftover(file)) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw DataException.unreadable(file, e);
                }

                private FileVisitResult add(Path path, BasicFileAttributes attributes) {
                    StringBuilder name = new StringBuilder();
                    for (Path part : root.relativize(path)) {
                        name.append(name.isEmpty() ? "" : "/").append(FileNames.text(part));
                    }
                    if (attributes.isDirectory()) {
                        name.append('/');
                    }
                    entries.add(new Entry(name.toString(), attributes.size(), Entry.NO_CHECKSUM, path));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw DataException.unreadable(root, e);
        }
        return entries;
    }

    private static boolean isLeftover(Path file) {
        return Leftovers.contain(file.getFileName().toString());
    }

    @Override
    public byte[] read(Entry entry) {
        Path file = (Path) entry.place();
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
        return root + "/" + entry.path();
    }

    @Override
    public void close() {
        // Holds nothing open.
    }
}
