package io.syncbn.worker.kernels;

import io.syncbn.worker.kernels.PortableScratch.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution by our own kernels. Each number of a result is a sum of chains of fused multiply-adds; a chain begins with 0,
 * and its end is added to what is there, which is 0 at first. Their order:
 *
 * <ul>
 *   <li>y at an output pixel and channel: rows of the filter, ascending; in a row columns and, for each, input channels, both
 *       ascending, in chains of 128;
 *   <li>dx at an input pixel and channel: those rows of the filter that lead to an output pixel, descending; in a row columns,
 *       descending, and output channels, ascending, in chains of 128;
 *   <li>dw: output pixels by their class ({@link PixelClass}), classes in the order in which a picture shows them; in a class
 *       examples, rows and columns, each ascending, in chains of 96.
 * </ul>
 *
 * <p>Short chains err less than one long chain would. Only pixels within a picture take part: a border's zeros are not
 * multiplied. Activations are N × H × W × C, weights in {@link WeightOrder}.
 */
final class PortableConvolution implements LinearOperation {
    /** How many pixels are taken at a time: whole groups, whose numbers stay in a first-level cache. A chain of dw. */
    private static final int BLOCK_PIXELS = 12 * Tiles.GROUP;

    /** How much of a filter's row is taken at a time: its weights stay in a first-level cache meanwhile. A chain of y and dx. */
    private static final int PART = 128;

    /** Rows of a panel of weights that a slice has at least, whole tiles. */
    private static final int FILTER_UNIT = 8;

    private final ConvolutionGeometry geometry;
    private final WeightOrder order;
    private final PackedWeights packing;
    private final PortableScratch scratch;
    private final Tiles tiles;
    private final IntraOpThreads threads;
    private final int outputs;
    private final int inputs;
    private final List<Share> outputShares;
    private final List<Share> inputShares;

    /** By the number of examples. */
    private final Classes[] classes;

    private float[] input;
    private int examples;

    private record Classes(List<PixelClass> output, List<PixelClass> input) {}

    PortableConvolution(
            ConvolutionGeometry geometry,
            int maxExamples,
            PortableScratch scratch,
            Tiles tiles,
            IntraOpThreads threads) {
        this.geometry = geometry;
        this.order = WeightOrder.of(geometry);
        this.packing = new PackedWeights(geometry);
        this.scratch = scratch;
        this.tiles = tiles;
        this.threads = threads;
        this.outputs = WeightOrder.wholeBlocks(geometry.outputChannels());
        this.inputs = WeightOrder.wholeBlocks(geometry.inputChannels());
        this.outputShares = Share.of(panels(outputs), threads.count());
        this.inputShares = Share.of(panels(inputs), threads.count());
        this.classes = new Classes[maxExamples + 1];
        int outputPixels = Math.multiplyExact(maxExamples, geometry.outputHeight() * geometry.outputWidth());
        int inputPixels = Math.multiplyExact(maxExamples, geometry.height() * geometry.width());
        scratch.reserve(Role.OUTPUT_GRADIENT, Math.multiplyExact(outputPixels, geometry.outputChannels()));
        scratch.reserve(Role.GRADIENT_PANEL, BLOCK_PIXELS * Tiles.PANEL);
        scratch.reserve(
                Role.WHOLE_BLOCKS,
                Math.max(
                        areBlocks(geometry.outputChannels()) ? 0 : Math.multiplyExact(outputPixels, outputs),
                        areBlocks(geometry.inputChannels()) ? 0 : Math.multiplyExact(inputPixels, inputs)));
        scratch.reserve(Role.WEIGHTS, packing.most());
    }

    /** First channels of panels. */
    private static List<Integer> panels(int channels) {
        List<Integer> firsts = new ArrayList<>();
        for (int first = 0; first < channels; first += WeightOrder.wholePanel(first, channels)) {
            firsts.add(first);
        }
        return firsts;
    }

    private static boolean areBlocks(int channels) {
        return channels == WeightOrder.wholeBlocks(channels);
    }

    private int outputPixels() {
        return examples * geometry.outputHeight() * geometry.outputWidth();
    }

    private Classes classes() {
        if (classes[examples] == null) {
            classes[examples] = new Classes(
                    PixelClass.ofOutput(geometry, examples, outputs), PixelClass.ofInput(geometry, examples, inputs));
        }
        return classes[examples];
    }

    @Override
    public void forward(float[] x, int count, float[] weights, int weightsOffset, float[] y) {
        examples = count;
        input = x;
        if (examples == 0) {
            return;
        }
        boolean isWhole = areBlocks(geometry.outputChannels());
        float[] result = isWhole ? y : scratch.array(Role.WHOLE_BLOCKS);
        float[] last = isWhole ? weights : scratch.array(Role.WEIGHTS);
        if (!isWhole) {
            packing.fillUp(weights, weightsOffset, lastOutputs(), last);
        }
        List<PixelClass> pixels = classes().output;
        Source source = new Source(x, geometry.width() * geometry.inputChannels(), geometry.inputChannels());
        threads.forEach(outputShares.size(), i -> {
            Share share = outputShares.get(i);
            for (int c : share.panels()) {
                Panel panel = outputPanel(c, weights, weightsOffset, last);
                pixels.forEach(each -> sum(each, share, source, panel, result, outputs));
            }
        });
        if (!isWhole) {
            copyPixels(result, outputs, y, geometry.outputChannels(), outputPixels());
        }
    }

    @Override
    public void backward(float[] dy, float[] weights, int weightsOffset, float[] dx) {
        if (examples == 0) {
            return;
        }
        float[] gradient = scratch.array(Role.OUTPUT_GRADIENT);
        System.arraycopy(dy, 0, gradient, 0, examples * geometry.outputSize());
        if (dx == null) {
            return;
        }
        boolean isWhole = areBlocks(geometry.inputChannels());
        float[] result = isWhole ? dx : scratch.array(Role.WHOLE_BLOCKS);
        List<PixelClass> pixels = classes().input;
        Source source =
                new Source(gradient, geometry.outputWidth() * geometry.outputChannels(), geometry.outputChannels());
        List<float[]> packed = scratch.arrays(Role.WEIGHTS, inputShares.size());
        threads.forEach(inputShares.size(), i -> {
            Share share = inputShares.get(i);
            for (int c : share.panels()) {
                packing.transpose(weights, weightsOffset, c, packed.get(i));
                Panel panel = new Panel(packed.get(i), 0, c, WeightOrder.wholePanel(c, inputs));
                pixels.forEach(each -> sum(each, share, source, panel, result, inputs));
            }
        });
        if (!isWhole) {
            copyPixels(result, inputs, dx, geometry.inputChannels(), examples * geometry.height() * geometry.width());
        }
    }

    /**
     * Pixels that are summed.
     *
     * @param row in numbers
     */
    private record Source(float[] values, int row, int channels) {}

    /**
     * Weights for some channels of a result, or their gradient.
     *
     * @param at where they begin
     * @param channel the first
     * @param width how many, in whole blocks
     */
    private record Panel(float[] values, int at, int channel, int width) {}

    /**
     * Sums of a class over the part of the filter that its pixels meet, for a panel of the result's channels.
     *
     * @param pitch of the result, from pixel to pixel
     */
    private void sum(PixelClass pixels, Share share, Source source, Panel panel, float[] result, int pitch) {
        int count = pixels.columns() * source.channels;
        int groups = pixels.targets().length;
        int last = share.to(groups, Tiles.GROUP);
        for (int p = share.from(groups, Tiles.GROUP); p < last; p += BLOCK_PIXELS) {
            int end = Math.min(last, p + BLOCK_PIXELS);
            clear(result, pixels.targets(), p, end, panel.channel, panel.width, pitch);
            for (int r = 0; r < pixels.taps().length; r++) {
                for (int k = 0; k < count; k += PART) {
                    tiles.taps(
                            source.values,
                            pixels.sources(),
                            r * source.row + k,
                            Math.min(PART, count - k),
                            panel.values,
                            panel.at + (pixels.taps()[r] * source.channels + k) * panel.width,
                            panel.width,
                            result,
                            pixels.targets(),
                            panel.channel,
                            p,
                            end);
                }
            }
        }
    }

    private static void clear(float[] result, int[] targets, int from, int to, int channel, int width, int pitch) {
        for (int p = from, run; p < to; p += run) {
            run = width == pitch ? sideBySide(targets, p, to, pitch) : 1;
            Arrays.fill(result, targets[p] + channel, targets[p] + channel + run * width, 0);
        }
    }

    @Override
    public void weightsGradient(float[] gradients, int weightsOffset) {
        if (examples == 0) {
            Arrays.fill(gradients, weightsOffset, weightsOffset + geometry.weightsSize(), 0);
            return;
        }
        boolean isWhole = areBlocks(geometry.outputChannels());
        float[] last = isWhole ? gradients : scratch.array(Role.WEIGHTS);
        List<PixelClass> pixels = classes().output;
        List<float[]> copies = scratch.arrays(Role.GRADIENT_PANEL, outputShares.size());
        threads.forEach(outputShares.size(), i -> {
            Share share = outputShares.get(i);
            for (int c : share.panels()) {
                Panel panel = outputPanel(c, gradients, weightsOffset, last);
                int first = share.from(rows(), FILTER_UNIT);
                int end = share.to(rows(), FILTER_UNIT);
                Arrays.fill(panel.values, panel.at + first * panel.width, panel.at + end * panel.width, 0);
                pixels.forEach(each -> addOuter(each, first, end, panel, copies.get(i)));
            }
        });
        if (!isWhole) {
            packing.takeFrom(last, lastOutputs(), gradients, weightsOffset);
        }
    }

    /** Of a panel of weights: one for each tap and input. */
    private int rows() {
        return order.inputs() * order.taps();
    }

    /** The first output of the last panel. */
    private int lastOutputs() {
        List<Integer> panels = outputShares.get(outputShares.size() - 1).panels();
        return panels.get(panels.size() - 1);
    }

    /** The panel that begins with an output: where it stands among all, unless that is the last one and fills no blocks. */
    private Panel outputPanel(int first, float[] all, int offset, float[] last) {
        int width = WeightOrder.wholePanel(first, outputs);
        boolean isWhole = WeightOrder.panel(first, geometry.outputChannels()) == width;
        return isWhole ? new Panel(all, offset + order.panelAt(first), first, width) : new Panel(last, 0, first, width);
    }

    /**
     * Adds the gradient of a class to some rows of a panel.
     *
     * @param copy for a block of pixels of dy
     */
    private void addOuter(PixelClass pixels, int firstRow, int endRow, Panel panel, float[] copy) {
        int row = geometry.width() * geometry.inputChannels();
        for (int p = 0, end; p < pixels.count(); p = end) {
            end = Math.min(pixels.count(), p + BLOCK_PIXELS);
            copyPanel(pixels, p, end, panel.channel, panel.width, copy);
            for (int r = 0; r < pixels.taps().length; r++) {
                int first = pixels.taps()[r] * geometry.inputChannels();
                int from = Math.max(first, firstRow);
                int count = Math.min(first + pixels.columns() * geometry.inputChannels(), endRow) - from;
                if (count > 0) {
                    tiles.outer(
                            input,
                            pixels.sources(),
                            r * row + from - first,
                            count,
                            copy,
                            p,
                            end,
                            panel.values,
                            panel.at + from * panel.width,
                            panel.width);
                }
            }
        }
    }

    /** Copies channels of dy; those beyond the last one are zeros. */
    private void copyPanel(PixelClass pixels, int from, int to, int channel, int width, float[] panel) {
        float[] gradient = scratch.array(Role.OUTPUT_GRADIENT);
        int channels = geometry.outputChannels();
        int known = Math.min(width, channels - channel);
        for (int p = from, run; p < to; p += run) {
            run = width == channels ? sideBySide(pixels.targets(), p, to, outputs) : 1;
            int at = (p - from) * width;
            System.arraycopy(gradient, pixels.targets()[p] / outputs * channels + channel, panel, at, run * known);
            if (known < width) {
                Arrays.fill(panel, at + known, at + width, 0);
            }
        }
    }

    /** How many pixels follow one another in the picture. */
    private static int sideBySide(int[] targets, int from, int to, int pitch) {
        int run = 1;
        while (from + run < to && targets[from + run] == targets[from] + run * pitch) {
            run++;
        }
        return run;
    }

    /** Copies the channels that both have. */
    private static void copyPixels(float[] from, int fromChannels, float[] to, int toChannels, int pixels) {
        int channels = Math.min(fromChannels, toChannels);
        for (int p = 0; p < pixels; p++) {
            System.arraycopy(from, p * fromChannels, to, p * toChannels, channels);
        }
    }
}
