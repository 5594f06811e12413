package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files read within a limit, and written so that they survive a power cut. */
final class DiskFile {
    private DiskFile() {}

    /**
     * A file's content.
     *
     * @throws CheckpointException if there is no such file, or it is larger than {@code mostBytes}
     */
    static byte[] read(Path file, int mostBytes) {
        try {
            if (!Files.isRegularFile(file)) {
                throw CheckpointException.of(
                        file, Files.exists(file) ? "expected a file, found something else" : "there is no such file");
            }
            if (Files.size(file) > mostBytes) {
                throw CheckpointException.of(
                        file, "expected at most " + mostBytes + " bytes, found " + Files.size(file));
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw CheckpointException.of(file, "there is no such file");
        } catch (IOException e) {
            throw CheckpointException.cannot("read", file, e);
        }
    }

    /** Writes a new file and syncs it to disk. */
    static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** Syncs a directory's entries to disk; without it, a power cut can undo a rename. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
