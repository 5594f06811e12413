package io.syncbn.worker.train;

/**
 * A model's result on all test rows.
 *
 * @param examples number of test rows
 * @param loss mean cross-entropy
 * @param accuracy correct predictions over examples
 */
public record Evaluation(long examples, double loss, double accuracy) {

    boolean isFinite() {
        return Double.isFinite(loss);
    }

    /** From sums over all shards: examples, loss, correct predictions. */
    static Evaluation of(double[] sums) {
        return new Evaluation((long) sums[0], sums[1] / sums[0], sums[2] / sums[0]);
    }
}
