package io.syncbn.worker.nn;

import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.tree.Sums;
import io.syncbn.proto.tree.TreeFold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Shards in one process, a thread each, with moments summed over groups through the reduction tree: a cluster without a
 * network.
 */
public final class ShardedRun {
    private static final int TIMEOUT_SECONDS = 60;

    private final int[] examples;
    private final int groupSize;
    private final Map<String, Reduction> reductions = new HashMap<>();

    /** What a shard does, given its pass. */
    public interface ShardWork<T> {
        T run(int shard, MomentsReducer moments) throws Exception;
    }

    private static final class Reduction {
        final TreeFold<double[]> fold;
        final CompletableFuture<double[]> sum = new CompletableFuture<>();

        Reduction(int leaves) {
            fold = new TreeFold<>(new ReductionTree(leaves), Sums::add);
        }
    }

    /** @param examples of each shard */
    public ShardedRun(int groupSize, int... examples) {
        this.groupSize = groupSize;
        this.examples = examples.clone();
    }

    public int shards() {
        return examples.length;
    }

    public int examples(int shard) {
        return examples[shard];
    }

    public int totalExamples() {
        return Arrays.stream(examples).sum();
    }

    public int maxExamples() {
        return Math.max(1, Arrays.stream(examples).max().orElse(1));
    }

    public int groups() {
        return (shards() + groupSize - 1) / groupSize;
    }

    public int group(int shard) {
        return shard / groupSize;
    }

    public int[] groupOfExample() {
        int[] groups = new int[totalExamples()];
        for (int shard = 0; shard < shards(); shard++) {
            Arrays.fill(groups, firstExample(shard), firstExample(shard) + examples[shard], group(shard));
        }
        return groups;
    }

    public int firstExample(int shard) {
        return Arrays.stream(examples, 0, shard).sum();
    }

    /** A shard's part of a batch. */
    public Tensor part(double[] global, Shape shape, int shard) {
        Tensor tensor = Tensor.zeros(examples[shard], shape);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.values()[i] = (float) global[firstExample(shard) * shape.size() + i];
        }
        return tensor;
    }

    /** Runs all shards at once; they meet in their reductions. */
    public <T> List<T> run(ShardWork<T> work) {
        reductions.clear();
        ExecutorService threads = Executors.newFixedThreadPool(shards());
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int shard = 0; shard < shards(); shard++) {
                int self = shard;
                futures.add(threads.submit(
                        () -> work.run(self, (direction, layer, part) -> start(direction + "/" + layer, self, part))));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
            }
            return results;
        } catch (Exception e) {
            throw new AssertionError("a shard failed", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private MomentsReducer.Pending start(String what, int shard, double[] part) {
        int group = group(shard);
        int first = group * groupSize;
        Reduction reduction;
        synchronized (reductions) {
            reduction = reductions.computeIfAbsent(
                    group + "/" + what, key -> new Reduction(Math.min(groupSize, shards() - first)));
            Optional<double[]> sum = reduction.fold.offer(new Node(0, shard - first), part);
            sum.ifPresent(reduction.sum::complete);
        }
        CompletableFuture<double[]> pending = reduction.sum.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        return pending::join;
    }
}
