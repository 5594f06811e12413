package io.syncbn.worker.nn;

/**
 * Shape of one example. Flat features are 1 × 1 × features.
 *
 * @param height rows of pixels
 * @param width pixels in a row
 * @param channels numbers a pixel, next to each other in memory
 */
public record Shape(int height, int width, int channels) {

    public Shape {
        if (height < 1 || width < 1 || channels < 1) {
            throw new IllegalArgumentException("no shape of " + height + " x " + width + " x " + channels);
        }
    }

    public static Shape flat(int features) {
        return new Shape(1, 1, features);
    }

    /** @param text as {@link #toString} gives it */
    public static Shape parse(String text) {
        String[] lengths = text.split("x", -1);
        if (lengths.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is no HEIGHTxWIDTHxCHANNELS");
        }
        return new Shape(Integer.parseInt(lengths[0]), Integer.parseInt(lengths[1]), Integer.parseInt(lengths[2]));
    }

    public int pixels() {
        return height * width;
    }

    public int size() {
        return height * width * channels;
    }

    @Override
    public String toString() {
        return height + "x" + width + "x" + channels;
    }
}
