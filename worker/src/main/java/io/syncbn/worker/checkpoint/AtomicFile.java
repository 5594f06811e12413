package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole, or as they were before, whichever processes write them. */
public final class AtomicFile {
    private AtomicFile() {}

    /**
     * Clears what writers left beside a file that are gone, and makes or replaces it. Who had the one before open goes on with
     * that, which nobody else sees any more.
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, content, Writer.ofThisProcess());
    }

    static void write(Path file, byte[] content, Writer writer) throws IOException {
        Leftovers.clear(file.toAbsolutePath().getParent(), writer);
        Path base = InProgress.base(file, writer);
        Path partial = InProgress.partial(base);
        try (Claim claim = Claim.take(InProgress.claim(base))) {
            try {
                Files.write(partial, content);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        }
    }
}
