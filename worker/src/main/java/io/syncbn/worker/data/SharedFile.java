package io.syncbn.worker.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;

/** A file to read from, as a channel; unlike the JDK's own, an interrupted reader does not close it for all others. */
final class SharedFile implements SeekableByteChannel {
    private static final int BLOCK_BYTES = 1 << 16;

    /** The operating system failed to read; every other exception comes from the file's content. */
    static final class ReadException extends IOException {
        private static final long serialVersionUID = 1L;

        private ReadException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final RandomAccessFile file;
    private boolean open = true;

    SharedFile(Path path) throws IOException {
        this(new RandomAccessFile(path.toFile(), "r"));
    }

    SharedFile(RandomAccessFile file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
        byte[] block = new byte[Math.min(BLOCK_BYTES, destination.remaining())];
        int count = read(block);
        if (count > 0) {
            destination.put(block, 0, count);
        }
        return count;
    }

    private int read(byte[] block) throws ReadException {
        try {
            return file.read(block);
        } catch (IOException e) {
            throw new ReadException(e);
        }
    }

    @Override
    public long position() throws IOException {
        return file.getFilePointer();
    }

    /** Reads nothing yet: an offset that is refused here comes from the file's content. */
    @Override
    public SeekableByteChannel position(long position) throws IOException {
        file.seek(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        try {
            return file.length();
        } catch (IOException e) {
            throw new ReadException(e);
        }
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        file.close();
    }
}
