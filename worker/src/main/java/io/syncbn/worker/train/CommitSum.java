package io.syncbn.worker.train;

import java.util.Arrays;

/**
 * What is summed over all shards at the end of a step, beside the gradient: counts, loss, and the normalization groups'
 * batch statistics.
 *
 * <p>Running statistics take the mean over groups. So the first shard of each group contributes its group's batch mean and
 * variance, and 1 to the number of groups; the others contribute zeros, as does a group without examples.
 *
 * @param examples in the global batch
 * @param loss sum over examples
 * @param correct predictions among them
 * @param groups normalization groups that had examples
 * @param notFinite shards with numbers that are not finite, of their own
 * @param statistics sums over these groups, laid out as the replica's running statistics
 */
record CommitSum(double examples, double loss, double correct, double groups, double notFinite, double[] statistics) {
    private static final int HEAD = 5;

    static CommitSum of(
            int examples, double loss, int correct, boolean leadsGroup, boolean notFinite, double[] batchStatistics) {
        return new CommitSum(
                examples,
                loss,
                correct,
                leadsGroup ? 1 : 0,
                notFinite ? 1 : 0,
                leadsGroup ? batchStatistics : new double[batchStatistics.length]);
    }

    double[] pack() {
        double[] packed = new double[HEAD + statistics.length];
        packed[0] = examples;
        packed[1] = loss;
        packed[2] = correct;
        packed[3] = groups;
        packed[4] = notFinite;
        System.arraycopy(statistics, 0, packed, HEAD, statistics.length);
        return packed;
    }

    static CommitSum unpack(double[] packed) {
        return new CommitSum(
                packed[0], packed[1], packed[2], packed[3], packed[4], Arrays.copyOfRange(packed, HEAD, packed.length));
    }

    double meanLoss() {
        return loss / examples;
    }

    double accuracy() {
        return correct / examples;
    }

    /** Mean over groups; the sums themselves if no group had examples. */
    double[] meanStatistics() {
        double[] mean = statistics.clone();
        if (groups > 1) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] /= groups;
            }
        }
        return mean;
    }
}
