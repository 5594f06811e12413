package io.syncbn.worker.data;

/** Rows of floats, for tests. */
record InMemorySplit(float[][] values, int[] labels) implements Dataset.Split {

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int label(int row) {
        return labels[row];
    }

    @Override
    public void read(int row, float[] destination, int offset) {
        System.arraycopy(values[row], 0, destination, offset, values[row].length);
    }
}
