package io.syncbn.worker.train;

import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.nn.ParameterLayout;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Whether a step's sums may change the model: no shard had numbers that are not finite, and no sum of finite ones has become
 * so.
 *
 * @param parameters layout of the gradient
 * @param isOfSeveral whether it is the sum of several shards; one shard has looked at all its numbers
 */
record NonFiniteCheck(ParameterLayout parameters, boolean isOfSeveral) {
    private static final ChannelKernels KERNELS = ChannelKernels.fastest();

    /** What is wrong with the sums, if anything; the same on all workers. */
    Optional<String> fault(CommitSum sums, float[] gradient) {
        if (sums.notFinite() > 0) {
            return Optional.of((long) sums.notFinite() + " of the shards had numbers that are not finite");
        }
        if (isOfSeveral && !KERNELS.allFinite(gradient, gradient.length)) {
            int index = firstNotFinite(gradient, 0);
            return Optional.of(
                    "the sum of all shards' gradients of " + parameters.nameAt(index) + " is " + gradient[index]);
        }
        boolean isFinite = Double.isFinite(sums.loss())
                && DoubleStream.of(sums.statistics()).allMatch(Double::isFinite);
        return isFinite
                ? Optional.empty()
                : Optional.of("the sum of all shards' losses or batch statistics is not finite");
    }

    /** The first place at or behind {@code from}; there must be one. */
    static int firstNotFinite(float[] values, int from) {
        int index = from;
        while (Float.isFinite(values[index])) {
            index++;
        }
        return index;
    }
}
