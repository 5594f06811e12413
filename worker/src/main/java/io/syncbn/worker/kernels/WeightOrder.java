package io.syncbn.worker.kernels;

/**
 * The order in which the weights of a convolution or a matrix product stand in memory, and so do their gradient and what an
 * optimizer keeps of them: as our kernels read them, so that no step copies them. Files have PyTorch's order, O × I × K × K.
 *
 * <p>Outputs stand in panels: of {@value Tiles#PANEL} as long as there are so many, then of 32, then of 16, and the last panel
 * has what is left. A panel has, for each tap of the filter in PyTorch's order and each input, its outputs side by side. Panels
 * follow one another without gaps.
 *
 * @param inputs channels of a convolution's input, or numbers that a matrix product takes
 * @param taps K × K, or 1
 */
public record WeightOrder(int outputs, int inputs, int taps) {

    static WeightOrder of(ConvolutionGeometry geometry) {
        return new WeightOrder(
                geometry.outputChannels(), geometry.inputChannels(), geometry.kernel() * geometry.kernel());
    }

    /** How many outputs the panel has that begins with one of them. */
    public static int panel(int first, int outputs) {
        return Math.min(wholePanel(first, outputs), outputs - first);
    }

    /** The same in whole blocks: the last panel is counted as if it were filled up. */
    static int wholePanel(int first, int outputs) {
        return Math.min(Tiles.PANEL, Integer.highestOneBit(wholeBlocks(outputs) - first));
    }

    /** Channels, with those that would fill up the last block. */
    static int wholeBlocks(int channels) {
        return (channels + Tiles.BLOCK - 1) / Tiles.BLOCK * Tiles.BLOCK;
    }

    int size() {
        return outputs * inputs * taps;
    }

    /** Where the panel that begins with an output stands. */
    int panelAt(int first) {
        return first * inputs * taps;
    }

    /** Copies weights that stand somewhere in an array to PyTorch's order, at the beginning of another. */
    void toFileOrder(float[] weights, int offset, float[] file) {
        int next = 0;
        for (int first = 0, panel; first < outputs; first += panel) {
            panel = panel(first, outputs);
            for (int lane = 0; lane < panel; lane++) {
                int at = offset + panelAt(first) + lane;
                for (int input = 0; input < inputs; input++) {
                    for (int tap = 0; tap < taps; tap++) {
                        file[next++] = weights[at + (tap * inputs + input) * panel];
                    }
                }
            }
        }
    }

    /** Copies weights from PyTorch's order, from the beginning of an array, to their place in another. */
    public void fromFileOrder(float[] file, float[] weights, int offset) {
        int next = 0;
        for (int first = 0, panel; first < outputs; first += panel) {
            panel = panel(first, outputs);
            for (int lane = 0; lane < panel; lane++) {
                int at = offset + panelAt(first) + lane;
                for (int input = 0; input < inputs; input++) {
                    for (int tap = 0; tap < taps; tap++) {
                        weights[at + (tap * inputs + input) * panel] = file[next++];
                    }
                }
            }
        }
    }

    /** A copy of weights in PyTorch's order. */
    public float[] inFileOrder(float[] weights, int offset) {
        float[] file = new float[size()];
        toFileOrder(weights, offset, file);
        return file;
    }
}
