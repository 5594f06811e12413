package io.syncbn.worker.train;

import io.syncbn.worker.nn.BatchStatistics;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import java.util.Arrays;

/**
 * What is summed over all shards at the end of a step, beside the gradient: counts, loss, squared norms, and statistics of
 * the batch.
 *
 * <p>Running statistics take the mean over those that speak for a statistic ({@link BatchStatistics}); the others
 * contribute zeros.
 *
 * @param norms number of examples, and what tells the gradient from its noise
 * @param loss sum over examples
 * @param correct predictions among them
 * @param notFinite shards with numbers that are not finite, of their own
 * @param speakers how many speak for each of the running statistics, in the order of their layout
 * @param statistics sums over these, laid out as the replica's running statistics
 */
record CommitSum(
        GradientNorms norms, double loss, double correct, double notFinite, double[] speakers, double[] statistics) {
    private static final int HEAD = 6;

    static CommitSum of(
            GradientNorms norms,
            double loss,
            int correct,
            boolean notFinite,
            BatchStatistics statistics,
            boolean isFirstOfGroup) {
        double[] speakers = statistics.speakers(isFirstOfGroup);
        return new CommitSum(norms, loss, correct, notFinite ? 1 : 0, speakers, statistics.spoken(isFirstOfGroup));
    }

    double[] pack() {
        double[] packed = new double[HEAD + speakers.length + statistics.length];
        packed[0] = norms.examples();
        packed[1] = norms.squaredExamples();
        packed[2] = norms.squaredNorms();
        packed[3] = loss;
        packed[4] = correct;
        packed[5] = notFinite;
        System.arraycopy(speakers, 0, packed, HEAD, speakers.length);
        System.arraycopy(statistics, 0, packed, HEAD + speakers.length, statistics.length);
        return packed;
    }

    /** @param layout of the running statistics */
    static CommitSum unpack(double[] packed, ParameterLayout layout) {
        int statistics = HEAD + layout.entries().size();
        return new CommitSum(
                new GradientNorms(packed[0], packed[1], packed[2]),
                packed[3],
                packed[4],
                packed[5],
                Arrays.copyOfRange(packed, HEAD, statistics),
                Arrays.copyOfRange(packed, statistics, packed.length));
    }

    /** In the global batch. */
    double examples() {
        return norms.examples();
    }

    double meanLoss() {
        return loss / examples();
    }

    double accuracy() {
        return correct / examples();
    }

    /** Whether there is something for the running statistics to take in. */
    boolean hasStatistics() {
        return Arrays.stream(speakers).anyMatch(count -> count > 0);
    }

    /**
     * The mean over those that speak.
     *
     * @param running for statistics for which nobody speaks, as in a step with frozen ones
     */
    double[] meanStatistics(ParameterLayout layout, float[] running) {
        double[] mean = statistics.clone();
        for (int entry = 0; entry < speakers.length; entry++) {
            Entry of = layout.entries().get(entry);
            for (int i = of.offset(); i < of.offset() + of.size(); i++) {
                mean[i] = speakers[entry] == 0 ? running[i] : mean[i] / speakers[entry];
            }
        }
        return mean;
    }
}
