package io.syncbn.worker.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Pixels of a picture, the result, that the same part of a filter computes from another one, the source. At borders that is
 * less than the whole filter: nothing is multiplied by the zeros beyond them.
 *
 * @param count how many pixels there are, ordered by example, row and column
 * @param sources for each, where the first number that its part of the filter meets stands in the source
 * @param targets for each, where its channels stand in the result; both lists are filled up to whole groups with their last
 *     pixel
 * @param taps for each row of the part, the number of its first tap; those of the other columns follow
 * @param columns of the part; with none, and no rows, the result is 0
 */
record PixelClass(int count, int[] sources, int[] targets, int[] taps, int columns) {

    /** Pixels, each of some numbers. */
    private record Picture(int height, int width, int pitch) {
        int at(int example, int row, int column) {
            return ((example * height + row) * width + column) * pitch;
        }
    }

    /**
     * What a row or a column of the result needs.
     *
     * @param source the first row or column of the source
     * @param tap which row or column of the filter meets it
     * @param count of rows or columns
     */
    private record Span(int place, int source, int tap, int count) {}

    /**
     * How taps follow one another along rows and columns of the source.
     *
     * @param step from one row or column of the filter to the next
     * @param numbers of taps, in the filter's order
     */
    private record Order(int step, int[] numbers) {}

    /**
     * Classes of the output's pixels, whose source is the input. Taps are numbered as the filter has them.
     *
     * @param pitch numbers from pixel to pixel of the output
     */
    static List<PixelClass> ofOutput(ConvolutionGeometry g, int examples, int pitch) {
        return of(
                g,
                examples,
                alike(g.outputHeight(), h -> outputSpan(g, h, g.height())),
                alike(g.outputWidth(), w -> outputSpan(g, w, g.width())),
                new Picture(g.height(), g.width(), g.inputChannels()),
                new Picture(g.outputHeight(), g.outputWidth(), pitch),
                new Order(1, IntStream.range(0, g.kernel() * g.kernel()).toArray()));
    }

    private static Span outputSpan(ConvolutionGeometry g, int place, int size) {
        int start = place * g.stride() - g.padding();
        int tap = Math.max(0, -start);
        return new Span(place, start + tap, tap, Math.max(0, Math.min(g.kernel(), size - start) - tap));
    }

    /**
     * Classes of the input's pixels, whose source is the output's gradient. Taps are numbered as {@link #gradientTaps} tells.
     *
     * @param pitch numbers from pixel to pixel of the input
     */
    static List<PixelClass> ofInput(ConvolutionGeometry g, int examples, int pitch) {
        return of(
                g,
                examples,
                alike(g.height(), h -> inputSpan(g, h, g.outputHeight())),
                alike(g.width(), w -> inputSpan(g, w, g.outputWidth())),
                new Picture(g.outputHeight(), g.outputWidth(), g.outputChannels()),
                new Picture(g.height(), g.width(), pitch),
                new Order(-g.stride(), gradientTaps(g)));
    }

    private static Span inputSpan(ConvolutionGeometry g, int place, int size) {
        int start = place + g.padding();
        int tap = lastAlike(Math.min(g.kernel() - 1, start), start, g.stride());
        int least = Math.max(0, start - g.stride() * (size - 1));
        return tap < least
                ? new Span(place, 0, 0, 0)
                : new Span(place, (start - tap) / g.stride(), tap, (tap - least) / g.stride() + 1);
    }

    /** The last number up to {@code most} that equals another one modulo the stride; may be negative. */
    private static int lastAlike(int most, int other, int stride) {
        return most - Math.floorMod(most - other, stride);
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
                for (int row = lastAlike(k - 1, a, g.stride()); row >= 0; row -= g.stride()) {
                    for (int column = lastAlike(k - 1, b, g.stride()); column >= 0; column -= g.stride()) {
                        numbers[row * k + column] = next++;
                    }
                }
            }
        }
        return numbers;
    }

    /** Rows, or columns, of the result by what they need of the filter, in the order in which they show it. */
    private static Collection<List<Span>> alike(int size, IntFunction<Span> spans) {
        Map<List<Integer>, List<Span>> alike = new LinkedHashMap<>();
        for (int place = 0; place < size; place++) {
            Span span = spans.apply(place);
            alike.computeIfAbsent(List.of(span.tap, span.count), need -> new ArrayList<>())
                    .add(span);
        }
        return alike.values();
    }

    private static List<PixelClass> of(
            ConvolutionGeometry g,
            int examples,
            Collection<List<Span>> allRows,
            Collection<List<Span>> allColumns,
            Picture source,
            Picture result,
            Order order) {
        List<PixelClass> classes = new ArrayList<>();
        for (List<Span> rows : allRows) {
            for (List<Span> columns : allColumns) {
                int count = examples * rows.size() * columns.size();
                int[] sources = new int[(count + Tiles.GROUP - 1) / Tiles.GROUP * Tiles.GROUP];
                int[] targets = new int[sources.length];
                int p = 0;
                for (int n = 0; n < examples; n++) {
                    for (Span row : rows) {
                        for (Span column : columns) {
                            sources[p] = source.at(n, row.source, column.source);
                            targets[p++] = result.at(n, row.place, column.place);
                        }
                    }
                }
                Arrays.fill(sources, count, sources.length, sources[count - 1]);
                Arrays.fill(targets, count, targets.length, targets[count - 1]);
                Span row = rows.get(0);
                Span column = columns.get(0);
                boolean isMet = row.count > 0 && column.count > 0;
                int[] taps = new int[isMet ? row.count : 0];
                Arrays.setAll(taps, r -> order.numbers[(row.tap + r * order.step) * g.kernel() + column.tap]);
                classes.add(new PixelClass(count, sources, targets, taps, isMet ? column.count : 0));
            }
        }
        return classes;
    }
}
