package io.syncbn.worker.kernels;

import io.syncbn.worker.kernels.Tiles.Pixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution by our own kernels. Sums, of which each is one chain of fused multiply-adds:
 *
 * <ul>
 *   <li>y at an output pixel and channel: over the filter's rows, columns and input channels, each ascending; zeros of the
 *       border are multiplied like other numbers.
 *   <li>dx at an input pixel and channel: over those of the filter's rows and columns that meet an output pixel, both
 *       descending, and over the output channels, ascending, filled up with zeros to a whole block.
 *   <li>dw of a batch: over examples, rows and columns of the output, each ascending, from 0; this sum is added to the gradient.
 * </ul>
 *
 * <p>Activations are N × H × W × C, weights O × I × K × K.
 */
final class PortableConvolution implements LinearOperation {
    /** Pixels of a weights' gradient at a time: their x and dy stay in a cache. */
    private static final int PIXELS = 128;

    private final ConvolutionGeometry geometry;
    private final PortableScratch scratch;
    private final Tiles tiles;
    private final int outputs;
    private final int inputs;

    /** Output pixels, and those of dx in classes. */
    private final Pixels pixels;

    private final List<PixelClass> classes;
    /** For each output pixel, where its first number stands in the padded x, and its channels in the padded dy. */
    private final int[] xs;

    private final int[] dys;
    private final Border inputBorder;
    private final Border gradientBorder;
    private float[] input;
    private float[] padded;
    private int examples;

    /** Zeros around pictures. */
    private record Border(int height, int width, int channels, int pitch, int top, int bottom) {
        int rows() {
            return height + top + bottom;
        }

        int columns() {
            return width + top + bottom;
        }

        int row() {
            return columns() * pitch;
        }

        int size() {
            return rows() * row();
        }

        /** Copies pictures into zeros. */
        void pad(float[] from, float[] to, int examples) {
            int line = width * channels;
            for (int n = 0; n < examples; n++) {
                int at = n * size();
                Arrays.fill(to, at, at + top * row(), 0);
                for (int h = 0; h < height; h++) {
                    int start = at + (h + top) * row();
                    Arrays.fill(to, start, start + top * pitch, 0);
                    copyLine(from, (n * height + h) * line, to, start + top * pitch);
                    Arrays.fill(to, start + (top + width) * pitch, start + row(), 0);
                }
                Arrays.fill(to, at + (top + height) * row(), at + size(), 0);
            }
        }

        private void copyLine(float[] from, int fromAt, float[] to, int toAt) {
            if (pitch == channels) {
                System.arraycopy(from, fromAt, to, toAt, width * channels);
                return;
            }
            for (int w = 0; w < width; w++) {
                System.arraycopy(from, fromAt + w * channels, to, toAt + w * pitch, channels);
                Arrays.fill(to, toAt + w * pitch + channels, toAt + (w + 1) * pitch, 0);
            }
        }
    }

    /**
     * Input pixels whose place is the same modulo the stride, so that the same part of the filter meets them.
     *
     * @param firstRow of the filter's rows that meet them, the others follow by the stride
     * @param rows of the filter that meet them
     */
    private record PixelClass(Pixels pixels, int firstRow, int rows, int firstColumn, int columns) {}

    PortableConvolution(ConvolutionGeometry geometry, int maxExamples, PortableScratch scratch, Tiles tiles) {
        this.geometry = geometry;
        this.scratch = scratch;
        this.tiles = tiles;
        this.outputs = blocks(geometry.outputChannels());
        this.inputs = blocks(geometry.inputChannels());
        int most = (geometry.kernel() + geometry.stride() - 1) / geometry.stride();
        int beyondRows = (geometry.height() - 1 + geometry.padding()) / geometry.stride() - geometry.outputHeight() + 1;
        int beyondColumns =
                (geometry.width() - 1 + geometry.padding()) / geometry.stride() - geometry.outputWidth() + 1;
        this.inputBorder = new Border(
                geometry.height(),
                geometry.width(),
                geometry.inputChannels(),
                geometry.inputChannels(),
                geometry.padding(),
                geometry.padding());
        this.gradientBorder = new Border(
                geometry.outputHeight(),
                geometry.outputWidth(),
                geometry.outputChannels(),
                outputs,
                most - 1,
                Math.max(0, Math.max(beyondRows, beyondColumns)));
        int count = maxExamples * geometry.outputHeight() * geometry.outputWidth();
        this.xs = new int[filled(count)];
        this.dys = new int[filled(count)];
        int[] targets = new int[filled(count)];
        for (int p = 0; p < xs.length; p++) {
            int pixel = Math.min(p, Math.max(0, count - 1));
            int n = pixel / (geometry.outputHeight() * geometry.outputWidth());
            int h = pixel / geometry.outputWidth() % geometry.outputHeight();
            int w = pixel % geometry.outputWidth();
            xs[p] = n * inputBorder.size()
                    + h * geometry.stride() * inputBorder.row()
                    + w * geometry.stride() * inputBorder.pitch();
            dys[p] = n * gradientBorder.size()
                    + (h + gradientBorder.top()) * gradientBorder.row()
                    + (w + gradientBorder.top()) * outputs;
            targets[p] = pixel * outputs;
        }
        this.pixels = new Pixels(count, xs, targets);
        this.classes = classes(maxExamples);
        scratch.reserve(
                Role_OUT,
                maxExamples
                        * Math.max(
                                geometry.outputHeight() * geometry.outputWidth() * outputs,
                                geometry.height() * geometry.width() * inputs));
        scratch.reserve(Role_DY, maxExamples * gradientBorder.size());
        int taps = geometry.kernel() * geometry.kernel();
        scratch.reserve(Role_W, taps * Math.max(geometry.inputChannels() * outputs, outputs * inputs));
    }

    private static final int Role_OUT = 0;
    private static final int Role_DY = 1;
    private static final int Role_W = 2;

    private static int blocks(int channels) {
        return (channels + Tiles.BLOCK - 1) / Tiles.BLOCK * Tiles.BLOCK;
    }

    private static int filled(int pixels) {
        return (pixels + Tiles.GROUP - 1) / Tiles.GROUP * Tiles.GROUP;
    }

    private List<PixelClass> classes(int maxExamples) {
        List<PixelClass> all = new ArrayList<>();
        int s = geometry.stride();
        for (int a = 0; a < s; a++) {
            for (int b = 0; b < s; b++) {
                all.add(pixelClass(a, b, maxExamples));
            }
        }
        return all;
    }

    private PixelClass pixelClass(int a, int b, int maxExamples) {
        int s = geometry.stride();
        int rows = geometry.kernel() <= a ? 0 : (geometry.kernel() - a + s - 1) / s;
        int columns = geometry.kernel() <= b ? 0 : (geometry.kernel() - b + s - 1) / s;
        List<int[]> found = new ArrayList<>();
        for (int n = 0; n < maxExamples; n++) {
            for (int h = 0; h < geometry.height(); h++) {
                for (int w = 0; w < geometry.width(); w++) {
                    int y = h + geometry.padding() - a;
                    int x = w + geometry.padding() - b;
                    if (y % s == 0 && x % s == 0) {
                        int top = y / s - (rows - 1) + gradientBorder.top();
                        int left = x / s - (columns - 1) + gradientBorder.top();
                        found.add(new int[] {
                            n * gradientBorder.size() + top * gradientBorder.row() + left * outputs,
                            ((n * geometry.height() + h) * geometry.width() + w) * inputs
                        });
                    }
                }
            }
        }
        int[] sources = new int[filled(found.size())];
        int[] targets = new int[filled(found.size())];
        for (int p = 0; p < sources.length; p++) {
            int[] pixel = found.get(Math.min(p, found.size() - 1));
            sources[p] = pixel[0];
            targets[p] = pixel[1];
        }
        return new PixelClass(new Pixels(found.size(), sources, targets), a, rows, b, columns);
    }

    /** The first pixels of some examples. */
    private static Pixels of(Pixels all, int examples, int maxExamples) {
        return all;
    }

    @Override
    public void forward(float[] x, int count, float[] weights, int weightsOffset, float[] y) {
        examples = count;
        if (examples == 0) {
            return;
        }
        input = x;
        if (geometry.padding() > 0) {
            if (padded == null) {
                padded = new float
                        [pixels.count() / (geometry.outputHeight() * geometry.outputWidth()) * inputBorder.size()];
            }
            inputBorder.pad(x, padded, examples);
            input = padded;
        }
        float[] w = scratch.buffer(Role_W);
        pack(weights, weightsOffset, w);
        boolean isWhole = outputs == geometry.outputChannels();
        float[] out = isWhole ? y : scratch.buffer(Role_OUT);
        int row = geometry.kernel() * geometry.inputChannels();
        Pixels some = firstOf(pixels, examples * geometry.outputHeight() * geometry.outputWidth());
        for (int ky = 0; ky < geometry.kernel(); ky++) {
            tiles.taps(input, some, ky * inputBorder.row(), row, w, ky * row * outputs, outputs, out, outputs, ky == 0);
        }
        if (!isWhole) {
            narrow(out, outputs, y, geometry.outputChannels(), some.count());
        }
    }

    /** The first so many of all; what fills up the last group repeats the last of them. */
    private static Pixels firstOf(Pixels all, int count) {
        if (count == all.count()) {
            return all;
        }
        int[] sources = Arrays.copyOf(all.sources(), filled(count));
        int[] targets = Arrays.copyOf(all.targets(), filled(count));
        Arrays.fill(sources, count, sources.length, sources[count - 1]);
        Arrays.fill(targets, count, targets.length, targets[count - 1]);
        return new Pixels(count, sources, targets);
    }

    private static void narrow(float[] from, int pitch, float[] to, int channels, int pixels) {
        for (int p = 0; p < pixels; p++) {
            System.arraycopy(from, p * pitch, to, p * channels, channels);
        }
    }

    /** Weights O × I × K × K as rows × columns × I × blocks of O. */
    private void pack(float[] weights, int offset, float[] packed) {
        int taps = geometry.kernel() * geometry.kernel();
        int in = geometry.inputChannels();
        int filter = in * taps;
        for (int o0 = 0; o0 < outputs; o0 += Tiles.BLOCK) {
            int known = Math.min(Tiles.BLOCK, geometry.outputChannels() - o0);
            for (int i = 0; i < in; i++) {
                for (int tap = 0; tap < taps; tap++) {
                    int to = (tap * in + i) * outputs + o0;
                    int from = offset + o0 * filter + i * taps + tap;
                    for (int o = 0; o < known; o++) {
                        packed[to + o] = weights[from + o * filter];
                    }
                    for (int o = known; o < Tiles.BLOCK; o++) {
                        packed[to + o] = 0;
                    }
                }
            }
        }
    }

    /** Weights as rows × columns × blocks of O × blocks of I, for the part of the filter of a class, rows and columns descending. */
    private void packTransposed(float[] weights, int offset, PixelClass part, float[] packed) {
        int k = geometry.kernel();
        int in = geometry.inputChannels();
        for (int row = 0; row < part.rows(); row++) {
            for (int column = 0; column < part.columns(); column++) {
                int ky = part.firstRow() + geometry.stride() * (part.rows() - 1 - row);
                int kx = part.firstColumn() + geometry.stride() * (part.columns() - 1 - column);
                int to = (row * part.columns() + column) * outputs * inputs;
                int from = offset + ky * k + kx;
                for (int o = 0; o < geometry.outputChannels(); o++) {
                    int at = to + o * inputs;
                    int source = from + o * in * k * k;
                    for (int i = 0; i < in; i++) {
                        packed[at + i] = weights[source + i * k * k];
                    }
                    Arrays.fill(packed, at + in, at + inputs, 0);
                }
                Arrays.fill(packed, to + geometry.outputChannels() * inputs, to + outputs * inputs, 0);
            }
        }
    }

    @Override
    public void backward(float[] dy, float[] weights, int weightsOffset, float[] dx) {
        if (examples == 0) {
            return;
        }
        float[] gradient = scratch.buffer(Role_DY);
        gradientBorder.pad(dy, gradient, examples);
        if (dx == null) {
            return;
        }
        boolean isWhole = inputs == geometry.inputChannels();
        float[] out = isWhole ? dx : scratch.buffer(Role_OUT);
        float[] w = scratch.buffer(Role_W);
        int perExample = geometry.height() * geometry.width();
        for (PixelClass part : classes) {
            int all = part.pixels().count();
            int most = xs.length == 0 ? 0 : pixels.count() / (geometry.outputHeight() * geometry.outputWidth());
            Pixels some = firstOf(part.pixels(), all / most * examples);
            if (part.rows() == 0 || part.columns() == 0) {
                for (int p = 0; p < some.count(); p++) {
                    Arrays.fill(out, some.targets()[p], some.targets()[p] + inputs, 0);
                }
                continue;
            }
            packTransposed(weights, weightsOffset, part, w);
            int count = part.columns() * outputs;
            for (int row = 0; row < part.rows(); row++) {
                tiles.taps(
                        gradient,
                        some,
                        row * gradientBorder.row(),
                        count,
                        w,
                        row * count * inputs,
                        inputs,
                        out,
                        inputs,
                        row == 0);
            }
        }
        if (!isWhole) {
            narrow(out, inputs, dx, geometry.inputChannels(), examples * perExample);
        }
    }

    @Override
    public void addWeightsGradient(float[] gradients, int weightsOffset) {
        if (examples == 0) {
            return;
        }
        int taps = geometry.kernel() * geometry.kernel();
        int in = geometry.inputChannels();
        float[] g = scratch.buffer(Role_W);
        Arrays.fill(g, 0, taps * in * outputs, 0);
        float[] gradient = scratch.buffer(Role_DY);
        int count = examples * geometry.outputHeight() * geometry.outputWidth();
        for (int from = 0; from < count; from += PIXELS) {
            int to = Math.min(count, from + PIXELS);
            for (int tap = 0; tap < taps; tap++) {
                int at = tap / geometry.kernel() * inputBorder.row() + tap % geometry.kernel() * in;
                tiles.outer(input, at, xs, gradient, dys, from, to, g, tap * in * outputs, in, outputs);
            }
        }
        int filter = in * taps;
        for (int o = 0; o < geometry.outputChannels(); o++) {
            for (int i = 0; i < in; i++) {
                for (int tap = 0; tap < taps; tap++) {
                    gradients[weightsOffset + o * filter + i * taps + tap] += g[(tap * in + i) * outputs + o];
                }
            }
        }
    }
}
