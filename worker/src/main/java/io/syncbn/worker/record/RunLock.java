package io.syncbn.worker.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncbn.proto.net.OwnHost;
import io.syncbn.worker.checkpoint.CheckpointException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The exclusive right to write a run directory: an operating-system lock on its file {@code lock}, which names the
 * holder. It ends with the process, however that ends, and holds between machines if their file system shares locks.
 * Without file locks nothing is excluded, and a warning says so.
 */
public final class RunLock implements AutoCloseable {
    /** Its name in the run directory; it is never deleted, because that would be a race. */
    public static final String FILE = "lock";

    private static final Logger LOG = System.getLogger("io.syncbn.worker");
    private static final int MOST_HOLDER_BYTES = 1000;

    /** Null where the file system has no locks. */
    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Somebody else holds the lock. */
    public static final class HeldException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String holder;

        private HeldException(String holder) {
            super("held by " + holder);
            this.holder = holder;
        }

        /** The holder's own description of itself. */
        public String holder() {
            return holder;
        }

        /** The exception that tells the user. */
        public CheckpointException asRefusal(Path run) {
            return new CheckpointException("run directory " + run + " is being written by " + holder
                    + "; wait for its end, end it, or take another --out");
        }
    }

    /**
     * Takes the right to write a run directory, which must exist.
     *
     * @param holder the new holder, in words
     * @throws HeldException if somebody else has it
     * @throws IOException if the directory cannot be written to
     */
    public static RunLock take(Path run, String holder) throws IOException, HeldException {
        Path file = run.resolve(FILE);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (isTaken(channel)) {
                String other = holderIn(channel);
                channel.close();
                throw new HeldException(other);
            }
        } catch (IOException e) {
            channel.close();
            LOG.log(
                    Level.WARNING,
                    "the file system of " + run + " has no locks (" + e.getMessage()
                            + "): nothing keeps another process from writing there");
            return new RunLock(null);
        }
        tell(holder, channel, file);
        return new RunLock(channel);
    }

    /**
     * Writes the holder into the file, for those who are refused. The lock holds even if this fails, as on a full disk.
     */
    private static void tell(String holder, FileChannel channel, Path file) {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(UTF_8)));
        } catch (IOException e) {
            LOG.log(Level.WARNING, FileFault.cannotWrite(file, e) + "; it does not tell who holds it");
        }
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            return true; // by another part of this process
        }
    }

    private static String holderIn(FileChannel channel) {
        ByteBuffer text = ByteBuffer.allocate(MOST_HOLDER_BYTES);
        try {
            channel.read(text, 0);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the lock's file cannot be read: " + e.getMessage());
        }
        String holder = new String(text.array(), 0, text.position(), UTF_8)
                .replaceAll("\\p{Cntrl}", " ")
                .strip();
        return holder.isEmpty() ? "another process" : holder;
    }

    /** Names this process: {@code syncbn train (process 123 on node-0)}. */
    public static String holder(String who) {
        return who + " (process " + ProcessHandle.current().pid() + " on "
                + OwnHost.name().orElse("a host that does not know its name") + ")";
    }

    /** Releases the lock. The file goes on naming this process, because changing it could block on the disk. */
    @Override
    public void close() {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the lock's file could not be closed: " + e.getMessage());
        }
    }
}
