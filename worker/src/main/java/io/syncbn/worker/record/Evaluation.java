package io.syncbn.worker.record;

/**
 * A model's result on all test rows.
 *
 * @param examples number of test rows
 * @param loss mean cross-entropy
 * @param accuracy correct predictions over examples
 */
public record Evaluation(long examples, double loss, double accuracy) {

    public boolean isFinite() {
        return Double.isFinite(loss);
    }

    /** From sums over all shards: examples, loss, correct predictions. */
    public static Evaluation of(double[] sums) {
        return new Evaluation((long) sums[0], sums[1] / sums[0], sums[2] / sums[0]);
    }
}
