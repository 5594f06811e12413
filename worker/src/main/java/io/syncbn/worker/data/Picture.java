package io.syncbn.worker.data;

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
        double[] source = new double[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            source[i] = rgb[i] & 0xFF;
        }
        double[] narrow = resample(source, height, width, newWidth, CHANNELS);
        double[] scaled = resample(narrow, 1, height, newHeight, newWidth * CHANNELS);
        byte[] bytes = new byte[scaled.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (int) (scaled[i] + 0.5);
        }
        return new Picture(newHeight, newWidth, bytes);
    }

    /** Scales the middle dimension of outer × length × inner numbers. */
    private static double[] resample(double[] source, int outer, int length, int newLength, int inner) {
        double[] result = new double[Math.multiplyExact(outer * newLength, inner)];
        double step = (double) length / newLength;
        double reach = Math.max(1, step);
        for (int i = 0; i < newLength; i++) {
            double centre = (i + 0.5) * step;
            int first = (int) Math.max(0, Math.ceil(centre - reach - 0.5));
            int last = (int) Math.min(length - 1, Math.floor(centre + reach - 0.5));
            double total = 0;
            for (int j = first; j <= last; j++) {
                total += 1 - Math.abs(j + 0.5 - centre) / reach;
            }
            for (int j = first; j <= last; j++) {
                double weight = (1 - Math.abs(j + 0.5 - centre) / reach) / total;
                for (int o = 0; o < outer; o++) {
                    for (int k = 0; k < inner; k++) {
                        result[(o * newLength + i) * inner + k] += weight * source[(o * length + j) * inner + k];
                    }
                }
            }
        }
        return result;
    }
}
