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
 * That somebody is at work: a file that its writer holds locked meanwhile. The kernel lets go of the lock when the process
 * ends, however it ends, and in whatever container or on whatever host it ran; so nobody has to know which processes live.
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

    /** One's own. Somebody who clears may take it for one that was left, between its making and its locking: then anew. */
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

    /** That of a writer that is gone; empty if it may still be at work. */
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

    /** Locks a file: whether that was possible; empty where files cannot be locked. */
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
