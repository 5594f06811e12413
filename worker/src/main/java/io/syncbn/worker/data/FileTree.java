package io.syncbn.worker.data;

import java.io.Closeable;
import java.util.List;

/** Files in folders, in a directory or a zip. Reading is thread-safe. */
interface FileTree extends Closeable {

    /** Largest file that is read: far above any picture, far below what would exhaust memory. */
    long MAX_FILE_BYTES = 256L << 20;

    /** Everything in the tree, in any order. */
    List<Entry> entries();

    /** A file's content. */
    byte[] read(Entry entry);

    /** How messages name a file. */
    String describe(Entry entry);

    /**
     * A file or folder.
     *
     * @param path with slashes, from the tree's root; ends with a slash for a folder
     * @param size bytes
     * @param crc32 checksum of the content, or {@link #NO_CHECKSUM}
     * @param place the tree's own handle; a path as text may not lead back to the file
     */
    record Entry(String path, long size, long crc32, Object place) {
        static final long NO_CHECKSUM = -1;

        boolean isFolder() {
            return path.endsWith("/");
        }
    }
}
