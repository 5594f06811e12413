package io.syncbn.worker.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file with rows of equal length behind a header. Thread-safe: reads take turns. (A {@code FileChannel} would not need
 * them to, but is closed for everybody when one reading thread is interrupted.)
 */
final class RowFile implements Closeable {
    private final Path path;
    private final long firstRow;
    private final int rows;
    private final int rowBytes;
    private final RandomAccessFile file;

    /** @param firstRow offset of row 0 in the file; rows go on to its end */
    RowFile(Path path, long firstRow, int rowBytes) {
        this.path = path;
        this.firstRow = firstRow;
        this.rows = Math.toIntExact((size(path) - firstRow) / rowBytes);
        this.rowBytes = rowBytes;
        try {
            file = new RandomAccessFile(path.toFile(), "r");
        } catch (IOException e) {
            throw DataException.unreadable(path, e);
        }
    }

    Path path() {
        return path;
    }

    int rows() {
        return rows;
    }

    byte[] read(int row) {
        byte[] bytes = new byte[rowBytes];
        try {
            synchronized (file) {
                file.seek(firstRow + (long) row * rowBytes);
                file.readFully(bytes);
            }
        } catch (IOException e) {
            throw DataException.unreadable(path + ": row " + row, e);
        }
        return bytes;
    }

    /** All rows, of a file that fits into memory. */
    byte[] readAll() {
        long length = (long) rows * rowBytes;
        if (length > Integer.MAX_VALUE - 8) {
            throw new DataException(path + ": has more than 2 GiB");
        }
        byte[] bytes = new byte[(int) length];
        try {
            synchronized (file) {
                file.seek(firstRow);
                file.readFully(bytes);
            }
        } catch (IOException e) {
            throw DataException.unreadable(path, e);
        }
        return bytes;
    }

    static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw DataException.unreadable(path, e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
