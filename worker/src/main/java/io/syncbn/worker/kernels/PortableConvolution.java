package io.syncbn.worker.kernels;

import io.syncbn.worker.kernels.PortableScratch.Role;
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

    private final ConvolutionGeometry geometry;
    private final WeightOrder order;
    private final PackedWeights packing;
    private final PortableScratch scratch;
    private final Tiles tiles;
    private final int outputs;
    private final int inputs;

    /** By the number of examples. */
    private final Classes[] classes;

    private float[] input;
    private int examples;

    private record Classes(List<PixelClass> output, List<PixelClass> input) {}

    PortableConvolution(ConvolutionGeometry geometry, int maxExamples, PortableScratch scratch, Tiles tiles) {
        this.geometry = geometry;
        this.order = WeightOrder.of(geometry);
        this.packing = new PackedWeights(geometry);
        this.scratch = scratch;
        this.tiles = tiles;
        this.outputs = WeightOrder.wholeBlocks(geometry.outputChannels());
        this.inputs = WeightOrder.wholeBlocks(geometry.inputChannels());
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
        int row = geometry.width() * geometry.inputChannels();
        for (int c = 0, width; c < outputs; c += width) {
            width = WeightOrder.wholePanel(c, outputs);
            float[] panel = weights;
            int panelAt = weightsOffset + order.panelAt(c);
            if (!isWholePanel(c, width)) {
                panel = scratch.array(Role.WEIGHTS);
                panelAt = 0;
                packing.fillUp(weights, weightsOffset, c, panel);
            }
            for (PixelClass pixels : classes().output) {
                sum(pixels, x, row, geometry.inputChannels(), panel, panelAt, result, outputs, c, width);
            }
        }
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
        float[] packed = scratch.array(Role.WEIGHTS);
        boolean isWhole = areBlocks(geometry.inputChannels());
        float[] result = isWhole ? dx : scratch.array(Role.WHOLE_BLOCKS);
        int row = geometry.outputWidth() * geometry.outputChannels();
        for (int c = 0, width; c < inputs; c += width) {
            width = WeightOrder.wholePanel(c, inputs);
            packing.transpose(weights, weightsOffset, c, packed);
            for (PixelClass pixels : classes().input) {
                sum(pixels, gradient, row, geometry.outputChannels(), packed, 0, result, inputs, c, width);
            }
        }
        if (!isWhole) {
            copyPixels(result, inputs, dx, geometry.inputChannels(), examples * geometry.height() * geometry.width());
        }
    }

    /**
     * Sums of a class over the part of the filter that its pixels meet, for a panel of the result's channels.
     *
     * @param row of the source, in numbers
     * @param channels of the source
     * @param pitch of the result, from pixel to pixel
     * @param channel of the result with which the panel begins
     */
    private void sum(
            PixelClass pixels,
            float[] from,
            int row,
            int channels,
            float[] panel,
            int panelAt,
            float[] result,
            int pitch,
            int channel,
            int width) {
        int count = pixels.columns() * channels;
        int groups = pixels.targets().length;
        for (int p = 0; p < groups; p += BLOCK_PIXELS) {
            int end = Math.min(groups, p + BLOCK_PIXELS);
            clear(result, pixels.targets(), p, end, channel, width, pitch);
            for (int r = 0; r < pixels.taps().length; r++) {
                for (int k = 0; k < count; k += PART) {
                    tiles.taps(
                            from,
                            pixels.sources(),
                            r * row + k,
                            Math.min(PART, count - k),
                            panel,
                            panelAt + (pixels.taps()[r] * channels + k) * width,
                            width,
                            result,
                            pixels.targets(),
                            channel,
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
        for (int c = 0, width; c < outputs; c += width) {
            width = WeightOrder.wholePanel(c, outputs);
            boolean isWhole = isWholePanel(c, width);
            float[] panel = isWhole ? gradients : scratch.array(Role.WEIGHTS);
            int panelAt = isWhole ? weightsOffset + order.panelAt(c) : 0;
            Arrays.fill(panel, panelAt, panelAt + order.inputs() * order.taps() * width, 0);
            for (PixelClass pixels : classes().output) {
                for (int p = 0; p < pixels.count(); p += BLOCK_PIXELS) {
                    addOuter(pixels, p, Math.min(pixels.count(), p + BLOCK_PIXELS), c, width, panel, panelAt);
                }
            }
            if (!isWhole) {
                packing.takeFrom(panel, c, gradients, weightsOffset);
            }
        }
    }

    /** Whether the panel of weights that begins with an output can be used where it stands. */
    private boolean isWholePanel(int first, int width) {
        return WeightOrder.panel(first, geometry.outputChannels()) == width;
    }

    private void addOuter(
            PixelClass pixels, int from, int to, int channel, int width, float[] gradientPanel, int panelAt) {
        float[] panel = scratch.array(Role.GRADIENT_PANEL);
        int channels = geometry.inputChannels();
        copyPanel(pixels, from, to, channel, width, panel);
        for (int r = 0; r < pixels.taps().length; r++) {
            tiles.outer(
                    input,
                    pixels.sources(),
                    r * geometry.width() * channels,
                    pixels.columns() * channels,
                    panel,
                    from,
                    to,
                    gradientPanel,
                    panelAt + pixels.taps()[r] * channels * width,
                    width);
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
