package io.syncbn.worker.data;

import java.util.Arrays;

/**
 * A colour picture.
 *
 * @param rgb height × width × 3 bytes
 */
record Picture(int height, int width, byte[] rgb) {
    static final int CHANNELS = 3;

    /**
     * This picture in another size, without keeping its proportions: each new pixel is a mean of old ones, weighted by a
     * triangle that is as wide as the step between new pixels, but at least as the one between old ones (the BILINEAR of
     * Pillow). Only +, −, × and ÷ of float64 in a fixed order, so that the bits are the same everywhere.
     */
    Picture scaledTo(int newHeight, int newWidth) {
        if (newHeight == height && newWidth == width) {
            return this;
        }
        Taps down = Taps.of(height, newHeight);
        Taps across = Taps.of(width, newWidth);
        double[] scaled = new double[Math.multiplyExact(Math.multiplyExact(newHeight, newWidth), CHANNELS)];
        double[] row = new double[newWidth * CHANNELS];
        int begin = 0;
        for (int y = 0; y < height; y++) {
            narrow(y, across, row);
            while (down.last[begin] < y) {
                begin++;
            }
            for (int i = begin; i < newHeight && down.first[i] <= y; i++) {
                double weight = down.weight(i, y);
                for (int k = 0; k < row.length; k++) {
                    scaled[i * row.length + k] += weight * row[k];
                }
            }
        }
        byte[] bytes = new byte[scaled.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (int) (scaled[i] + 0.5);
        }
        return new Picture(newHeight, newWidth, bytes);
    }

    /** Scales one row at a time, so that no second picture in float64, eight times as large, is needed. */
    private void narrow(int y, Taps across, double[] row) {
        int from = y * width * CHANNELS;
        Arrays.fill(row, 0);
        for (int i = 0; i < across.first.length; i++) {
            for (int x = across.first[i]; x <= across.last[i]; x++) {
                double weight = across.weight(i, x);
                for (int c = 0; c < CHANNELS; c++) {
                    row[i * CHANNELS + c] += weight * (rgb[from + x * CHANNELS + c] & 0xFF);
                }
            }
        }
    }

    /** Which old numbers make up each new one along one axis, from {@code first} to {@code last}, and how much. */
    private record Taps(int[] first, int[] last, double[] total, double step, double reach) {

        static Taps of(int length, int newLength) {
            double step = (double) length / newLength;
            double reach = Math.max(1, step);
            Taps taps = new Taps(new int[newLength], new int[newLength], new double[newLength], step, reach);
            for (int i = 0; i < newLength; i++) {
                double centre = (i + 0.5) * step;
                taps.first[i] = (int) Math.max(0, Math.ceil(centre - reach - 0.5));
                taps.last[i] = (int) Math.min(length - 1, Math.floor(centre + reach - 0.5));
                for (int j = taps.first[i]; j <= taps.last[i]; j++) {
                    taps.total[i] += taps.height(i, j);
                }
            }
            return taps;
        }

        double weight(int i, int j) {
            return height(i, j) / total[i];
        }

        /** Height of the triangle over new number {@code i} at old number {@code j}. */
        private double height(int i, int j) {
            return 1 - Math.abs(j + 0.5 - (i + 0.5) * step) / reach;
        }
    }
}
