package io.syncbn.worker.nn;

/** Flat arrays whose weights have PyTorch's order, as oracles know no other. */
public final class FileOrder {
    private FileOrder() {}

    /** A copy of weights, or of gradients, in PyTorch's order, at the same offsets. */
    public static float[] of(ParameterLayout layout, float[] flat) {
        float[] ordered = new float[flat.length];
        for (ParameterLayout.Entry entry : layout.entries()) {
            System.arraycopy(entry.read(flat), 0, ordered, entry.offset(), entry.size());
        }
        return ordered;
    }
}
