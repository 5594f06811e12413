package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.ShardedRun;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.TestMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One normalization layer, on all shards of a run. */
final class ShardedNorm {
    private ShardedNorm() {}

    /** What a shard's layer gave. */
    record Result(float[] y, float[] dx, float[] gradients, double[] statistics) {}

    /** Forward and backward in training. */
    static List<Result> run(
            ShardedRun run,
            Replica replica,
            MomentNorm.Factory factory,
            Shape shape,
            double[] x,
            double[] dy,
            double progress) {
        return run.run((shard, moments) -> {
            ShardMemory memory = TestMemory.of(replica, run.maxExamples());
            MomentNorm layer = factory.create(memory);
            Pass pass = new Pass(true, new Pass.BatchId(1, 1, shard, progress), moments, offset -> {});
            float[] y = used(layer.forward(run.part(x, shape, shard), pass));
            float[] dx = used(layer.backward(run.part(dy, shape, shard), pass));
            return new Result(
                    y, dx, memory.gradients(), memory.batchStatistics().spoken(true));
        });
    }

    /** Random weights and running statistics, from 0.5 to 1.5. */
    static Replica replica(int channels, boolean affine, boolean tracked, Random random) {
        List<Entry> parameters = new ArrayList<>();
        List<Entry> statistics = new ArrayList<>();
        float[] weights = new float[affine ? 2 * channels : 0];
        float[] running = new float[tracked ? 2 * channels : 0];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 0.5f + random.nextFloat();
        }
        for (int i = 0; i < running.length; i++) {
            running[i] = 0.5f + random.nextFloat();
        }
        if (affine) {
            parameters.add(new Entry("bn.weight", List.of(channels), 0, Role.NORM_SCALE));
            parameters.add(new Entry("bn.bias", List.of(channels), channels, Role.NORM_SHIFT));
        }
        if (tracked) {
            statistics.add(new Entry("bn.running_mean", List.of(channels), 0, Role.RUNNING_MEAN));
            statistics.add(new Entry("bn.running_var", List.of(channels), channels, Role.RUNNING_VARIANCE));
        }
        return new Replica(new ParameterLayout(parameters), weights, new ParameterLayout(statistics), running);
    }

    /** A shard's part of the global batch. */
    static double[] slice(double[] global, ShardedRun run, int shard, Shape shape) {
        int first = run.firstExample(shard) * shape.size();
        return Arrays.copyOfRange(global, first, first + run.examples(shard) * shape.size());
    }

    private static float[] used(Tensor tensor) {
        return Arrays.copyOf(tensor.values(), tensor.size());
    }
}
