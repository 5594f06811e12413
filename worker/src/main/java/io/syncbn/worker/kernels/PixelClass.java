package io.syncbn.worker.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pixels of one picture, the result, that the same part of a filter computes from another picture. At borders that is less
 * than the whole filter: nothing is multiplied by the zeros beyond them.
 *
 * @param count how many pixels there are, ordered by example, row and column
 * @param sources for each, where the first number that its part of the filter meets stands in the other picture
 * @param targets for each, where its channels stand in the result; both lists are filled up to whole groups with their last
 *     pixel
 * @param taps for each row of the part, the number of its first tap; those of the other columns follow
 * @param columns of the part; 0 if no part of the filter computes these pixels
 */
record PixelClass(int count, int[] sources, int[] targets, int[] taps, int columns) {

    /**
     * What the filter meets along one axis, for one pixel of the result.
     *
     * @param place of the first row or column of the other picture
     * @param tap which row or column of the filter meets it
     * @param count of rows or columns
     */
    private record Span(int place, int tap, int count) {}

    private record Part(int rowTap, int rows, int columnTap, int columns) {}

    /**
     * Classes of the output's pixels, which read the input. Taps are numbered as the filter has them.
     *
     * @param pitch numbers from pixel to pixel of the result
     */
    static List<PixelClass> ofOutput(ConvolutionGeometry g, int examples, int pitch) {
        List<Span> rows = new ArrayList<>();
        List<Span> columns = new ArrayList<>();
        for (int h = 0; h < g.outputHeight(); h++) {
            rows.add(outputSpan(g, h, g.height()));
        }
        for (int w = 0; w < g.outputWidth(); w++) {
            columns.add(outputSpan(g, w, g.width()));
        }
        int taps = g.kernel() * g.kernel();
        int[] numbers = new int[taps];
        Arrays.setAll(numbers, i -> i);
        return of(g, examples, rows, columns, 1, numbers, g.height(), g.width(), g.inputChannels(), pitch);
    }

    private static Span outputSpan(ConvolutionGeometry g, int pixel, int size) {
        int start = pixel * g.stride() - g.padding();
        int first = Math.max(0, -start);
        return new Span(start + first, first, Math.max(0, Math.min(g.kernel(), size - start) - first));
    }

    /**
     * Classes of the input's pixels, which read the output's gradient. Taps are numbered as {@link #gradientTaps} tells.
     *
     * @param pitch numbers from pixel to pixel of the result
     */
    static List<PixelClass> ofInput(ConvolutionGeometry g, int examples, int pitch) {
        List<Span> rows = new ArrayList<>();
        List<Span> columns = new ArrayList<>();
        for (int h = 0; h < g.height(); h++) {
            rows.add(inputSpan(g, h, g.outputHeight()));
        }
        for (int w = 0; w < g.width(); w++) {
            columns.add(inputSpan(g, w, g.outputWidth()));
        }
        return of(
                g,
                examples,
                rows,
                columns,
                -g.stride(),
                gradientTaps(g),
                g.outputHeight(),
                g.outputWidth(),
                g.outputChannels(),
                pitch);
    }

    private static Span inputSpan(ConvolutionGeometry g, int pixel, int size) {
        int start = pixel + g.padding();
        int most = Math.min(g.kernel() - 1, start);
        int tap = most - Math.floorMod(most - start, g.stride());
        int least = Math.max(0, start - g.stride() * (size - 1));
        return tap < least
                ? new Span(0, 0, 0)
                : new Span((start - tap) / g.stride(), tap, (tap - least) / g.stride() + 1);
    }

    /**
     * Numbers of a filter's taps, in the filter's order, for the gradient by the input: rows and columns descend, and those
     * that meet the same pixels, which are a stride apart, follow one another.
     */
    static int[] gradientTaps(ConvolutionGeometry g) {
        int k = g.kernel();
        int[] numbers = new int[k * k];
        int next = 0;
        for (int a = 0; a < g.stride(); a++) {
            for (int b = 0; b < g.stride(); b++) {
                for (int row = last(k, a, g.stride()); row >= 0; row -= g.stride()) {
                    for (int column = last(k, b, g.stride()); column >= 0; column -= g.stride()) {
                        numbers[row * k + column] = next++;
                    }
                }
            }
        }
        return numbers;
    }

    /** The last number below k that is r modulo the stride; negative if there is none. */
    private static int last(int k, int r, int stride) {
        return k - 1 - Math.floorMod(k - 1 - r, stride);
    }

    private static List<PixelClass> of(
            ConvolutionGeometry g,
            int examples,
            List<Span> rows,
            List<Span> columns,
            int tapStep,
            int[] tapNumbers,
            int height,
            int width,
            int channels,
            int pitch) {
        Map<Part, List<int[]>> pixels = new LinkedHashMap<>();
        int target = 0;
        for (int n = 0; n < examples; n++) {
            for (Span row : rows) {
                for (Span column : columns) {
                    boolean isMet = row.count > 0 && column.count > 0;
                    Part part = isMet ? new Part(row.tap, row.count, column.tap, column.count) : new Part(0, 0, 0, 0);
                    int source = ((n * height + row.place) * width + column.place) * channels;
                    pixels.computeIfAbsent(part, p -> new ArrayList<>()).add(new int[] {source, target});
                    target += pitch;
                }
            }
        }
        List<PixelClass> classes = new ArrayList<>();
        pixels.forEach((part, list) -> {
            int[] taps = new int[part.rows];
            Arrays.setAll(taps, r -> tapNumbers[(part.rowTap + r * tapStep) * g.kernel() + part.columnTap]);
            classes.add(new PixelClass(list.size(), filled(list, 0), filled(list, 1), taps, part.columns));
        });
        return classes;
    }

    private static int[] filled(List<int[]> pixels, int which) {
        int groups = (pixels.size() + Tiles.GROUP - 1) / Tiles.GROUP;
        int[] places = new int[groups * Tiles.GROUP];
        Arrays.setAll(places, p -> pixels.get(Math.min(p, pixels.size() - 1))[which]);
        return places;
    }
}
