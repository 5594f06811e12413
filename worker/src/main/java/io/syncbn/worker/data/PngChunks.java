package io.syncbn.worker.data;

import java.nio.ByteBuffer;

/**
 * The chunks of a PNG. Decoders allocate the length that a chunk claims before they notice that the file ends, so a
 * single damaged bit can exhaust memory: lengths are checked first.
 */
final class PngChunks {
    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int END = 0x49454E44;
    /** Length, name and checksum. */
    private static final int FRAME_BYTES = 12;

    private PngChunks() {}

    static boolean isPng(byte[] file) {
        return file.length >= Long.BYTES && ByteBuffer.wrap(file).getLong() == SIGNATURE;
    }

    /** @param name of the file, for messages */
    static void requireWhole(String name, byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).position(Long.BYTES);
        while (bytes.remaining() >= FRAME_BYTES) {
            int at = bytes.position();
            int length = bytes.getInt(at);
            if (length < 0 || length > bytes.remaining() - FRAME_BYTES) {
                break;
            }
            if (bytes.getInt(at + Integer.BYTES) == END) {
                return;
            }
            bytes.position(at + FRAME_BYTES + length);
        }
        throw new DataException(name + ": corrupt picture: a chunk goes on behind the file's end");
    }
}
