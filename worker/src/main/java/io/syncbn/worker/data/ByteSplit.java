package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;

/** Rows that are made of bytes; kept as such, they take a quarter of the memory. */
interface ByteSplit extends Dataset.Split {
    /** The largest byte, which is read as 1. */
    float MOST = 255;

    /** Shape of every row. */
    Shape shape();

    /**
     * Reads a row as H × W × C bytes.
     *
     * @throws DataException if the row cannot be read, naming file and fault
     */
    void readBytes(int row, byte[] destination, int offset);

    @Override
    default void read(int row, float[] destination, int offset) {
        byte[] bytes = new byte[shape().size()];
        readBytes(row, bytes, 0);
        toFloats(bytes, destination, offset);
    }

    /** Bytes 0 … 255 as numbers 0 … 1. */
    static void toFloats(byte[] bytes, float[] destination, int offset) {
        for (int i = 0; i < bytes.length; i++) {
            destination[offset + i] = (bytes[i] & 0xFF) / MOST;
        }
    }

    /** Turns C × H × W, as files of arrays have it, into H × W × C. */
    static void channelsLast(byte[] planes, int from, Shape shape, byte[] destination, int offset) {
        int pixels = shape.pixels();
        int channels = shape.channels();
        for (int c = 0; c < channels; c++) {
            for (int p = 0; p < pixels; p++) {
                destination[offset + p * channels + c] = planes[from + c * pixels + p];
            }
        }
    }
}
