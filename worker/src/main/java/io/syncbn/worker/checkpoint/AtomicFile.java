package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.BooleanSupplier;

/** Writes files atomically: readers see the old content or the new, whichever processes write. */
public final class AtomicFile {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private AtomicFile() {}

    /**
     * Makes or replaces a file, after deleting what dead writers left beside it. A process that has the old file open
     * keeps the old content, which nobody else can see.
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, content, () -> true);
    }

    /**
     * As {@link #write(Path, byte[])}, unless the file has been handed to another writer by then.
     *
     * @param isStillOurs asked just before the rename, after everything else that may block on the disk
     * @return whether the file was made or replaced
     */
    public static boolean write(Path file, byte[] content, BooleanSupplier isStillOurs) throws IOException {
        return write(file, content, isStillOurs, Writer.ofThisProcess());
    }

    static boolean write(Path file, byte[] content, BooleanSupplier isStillOurs, Writer writer) throws IOException {
        clearLeftovers(file.toAbsolutePath().getParent(), writer);
        Path base = InProgress.base(file, writer);
        Path partial = InProgress.partial(base);
        try (Claim claim = Claim.take(InProgress.claim(base))) {
            try {
                Files.write(partial, content);
                boolean isOurs = isStillOurs.getAsBoolean();
                if (isOurs) {
                    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
                return isOurs;
            } finally {
                Files.deleteIfExists(partial);
            }
        }
    }

    /** Only logs a failure: leftovers do not keep the file from being written. */
    private static void clearLeftovers(Path directory, Writer writer) {
        try {
            Leftovers.clear(directory, writer);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    CheckpointException.cannot("delete what was left in", directory, e)
                            .getMessage());
        }
    }
}
