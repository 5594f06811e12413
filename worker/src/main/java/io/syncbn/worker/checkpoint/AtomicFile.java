package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.BooleanSupplier;

/** Files that are there whole, or as they were before, whichever processes write them. */
public final class AtomicFile {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private AtomicFile() {}

    /**
     * Clears what writers left beside a file that are gone, and makes or replaces it. Who had the one before open goes on with
     * that, which nobody else sees any more.
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, content, () -> true);
    }

    /**
     * As {@link #write(Path, byte[])}, unless the file is somebody else's by then.
     *
     * @param isStillOurs asked when all that may wait for a disk is done, except for the replacing itself
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

    /** The file can be written beside what cannot be cleared. */
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
