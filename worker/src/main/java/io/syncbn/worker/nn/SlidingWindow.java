package io.syncbn.worker.nn;

/**
 * A square that slides over a picture.
 *
 * @param size pixels on a side
 * @param stride pixels between two places
 * @param padding pixels outside the picture, on each side
 */
public record SlidingWindow(int size, int stride, int padding) {

    /** The output's shape: one pixel for each place, rounded down as PyTorch does. */
    public Shape over(Shape input, int outputChannels) {
        return new Shape(places(input.height()), places(input.width()), outputChannels);
    }

    boolean fits(Shape input) {
        return size <= input.height() + 2 * padding && size <= input.width() + 2 * padding;
    }

    private int places(int length) {
        return (length + 2 * padding - size) / stride + 1;
    }

    /** First pixel inside the picture at a place. */
    int begin(int place) {
        return Math.max(0, place * stride - padding);
    }

    /** One after the last pixel inside the picture at a place. */
    int end(int place, int length) {
        return Math.min(length, place * stride - padding + size);
    }
}
