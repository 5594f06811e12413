package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Marks work in progress: a file that its writer keeps locked. The kernel releases the lock when the process ends,
 * however it ends, in any container and on any host, so nobody has to know which processes live.
 *
 * <p>Where files cannot be locked, a claim holds for a day.
 */
final class Claim implements AutoCloseable {
    private static final Duration LONGEST_UNLOCKED = Duration.ofDays(1);

    private final Path file;
    private final FileChannel channel;

    private Claim(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes a new claim. Another process may take it for an abandoned one before it is locked; then it is taken again.
     */
    static Claim take(Path file) throws IOException {
        while (true) {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (isLocked(channel).orElse(true) && Files.exists(file)) {
                return new Claim(file, channel);
            }
            channel.close();
            Files.deleteIfExists(file);
        }
    }

    /** Takes over the claim of a writer that is gone; empty if the writer may still be at work. */
    static Optional<Claim> takeOver(Path file, Instant now) throws IOException {
        Optional<Instant> made =
                Files.exists(file) ? Optional.of(Files.getLastModifiedTime(file).toInstant()) : Optional.empty();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isGone = isLocked(channel)
                .orElse(made.isEmpty() || made.get().plus(LONGEST_UNLOCKED).isBefore(now));
        if (isGone) {
            return Optional.of(new Claim(file, channel));
        }
        channel.close();
        return Optional.empty();
    }

    /** Tries to lock a file and returns whether that worked; empty where files cannot be locked. */
    private static Optional<Boolean> isLocked(FileChannel channel) {
        try {
            return Optional.of(channel.tryLock() != null);
        } catch (OverlappingFileLockException e) {
            return Optional.of(false);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
    }
}
