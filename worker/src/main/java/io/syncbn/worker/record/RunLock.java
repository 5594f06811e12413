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
 * The right to write one run directory: a lock of the operating system on its file {@code lock}, which tells who has it. It
 * ends with the process, however that ends, and holds between machines where their file system passes locks on. Where it
 * has none, there is no such right, which is said.
 */
public final class RunLock implements AutoCloseable {
    /** Its name in the run directory; it stays there when nobody holds it, for to delete it would be a race. */
    public static final String FILE = "lock";

    private static final Logger LOG = System.getLogger("io.syncbn.worker");
    private static final int MOST_HOLDER_BYTES = 1000;

    /** Null where the file system knows no locks. */
    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Somebody else's, while it was asked for. */
    public static final class HeldException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String holder;

        private HeldException(String holder) {
            super("held by " + holder);
            this.holder = holder;
        }

        /** In words, as whoever holds it has put it. */
        public String holder() {
            return holder;
        }

        /** To be told the user. */
        public CheckpointException asRefusal(Path run) {
            return new CheckpointException("run directory " + run + " is being written by " + holder
                    + "; wait for its end, end it, or take another --out");
        }
    }

    /**
     * Takes the right to write a run directory, which must exist.
     *
     * @param holder who is to have it, in words
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

    /** For whoever is refused to read. The lock holds without it, as on a full disk. */
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

    /** Gives it back. What the file says of this process stays, for to change it could wait for a disk. */
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
