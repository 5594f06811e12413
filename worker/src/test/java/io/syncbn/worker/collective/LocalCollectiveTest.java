package io.syncbn.worker.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalCollectiveTest {

    /** The tree's sum by recursion over its definition: a node covers a power of two of leaves, and is left + right. */
    private static double[] treeSum(double[][] leaves, int first, int span) {
        if (span == 1) {
            return leaves[first].clone();
        }
        double[] left = treeSum(leaves, first, span / 2);
        if (first + span / 2 >= leaves.length) {
            return left;
        }
        double[] right = treeSum(leaves, first + span / 2, span / 2);
        for (int i = 0; i < left.length; i++) {
            left[i] += right[i];
        }
        return left;
    }

    private static double[] treeSum(double[][] leaves) {
        int span = 1;
        while (span < leaves.length) {
            span *= 2;
        }
        return treeSum(leaves, 0, span);
    }

    @Test
    void sumsOfGroupsHaveTheTreesBitsWhateverTheOrderOfArrival() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            int shards = 1 + random.nextInt(17);
            int groupSize = 1 + random.nextInt(shards);
            double[][] parts = new double[shards][];
            for (int s = 0; s < shards; s++) {
                parts[s] = random.doubles(5)
                        .map(x -> (x - 0.5) * Math.pow(10, random.nextInt(12)))
                        .toArray();
            }
            List<Integer> order = new ArrayList<>();
            for (int s = 0; s < shards; s++) {
                order.add(s);
            }
            Collections.shuffle(order, random);
            try (LocalCollective collective = new LocalCollective(shards, groupSize)) {
                List<Sum<double[]>> sums = new ArrayList<>(Collections.nCopies(shards, null));
                for (int s : order) {
                    sums.set(s, collective.offer(Round.of(SumKind.MOMENTS_FORWARD, 1, 0), s, parts[s].clone()));
                }
                for (int s = 0; s < shards; s++) {
                    int first = s / groupSize * groupSize;
                    double[][] group = Arrays.copyOfRange(parts, first, Math.min(shards, first + groupSize));
                    assertThat(sums.get(s).await())
                            .as("seed %d, shard %d of %d in groups of %d", seed, s, shards, groupSize)
                            .containsExactly(treeSum(group));
                }
            }
        }
    }

    @Test
    void allElseIsSummedOverAllShardsAlthoughGroupsAreSmaller() {
        try (LocalCollective collective = new LocalCollective(3, 1)) {
            Round round = Round.of(SumKind.COMMIT, 1, 0);
            Round chunk = new Round(SumKind.GRADIENTS, 1, 0, 1);
            Sum<double[]> sum = null;
            Sum<Chunk> gradient = null;
            for (int s = 0; s < 3; s++) {
                sum = collective.offer(round, s, new double[] {s + 1});
                gradient = collective.offerGradients(chunk, s, new Chunk(new float[] {10 * s}));
            }
            assertThat(sum.await()).containsExactly(6);
            assertThat(gradient.await().values()).containsExactly(30);
        }
    }

    @Test
    void manyRoundsFromManyThreadsAllEnd() throws Exception {
        int shards = 6;
        ExecutorService threads = Executors.newFixedThreadPool(shards);
        try (LocalCollective collective = new LocalCollective(shards, 4)) {
            List<Future<Double>> results = new ArrayList<>();
            for (int s = 0; s < shards; s++) {
                int shard = s;
                Callable<Double> work = () -> {
                    double last = 0;
                    for (int round = 1; round <= 500; round++) {
                        last = collective.offer(
                                        Round.of(SumKind.MOMENTS_BACKWARD, round, 3), shard, new double[] {shard * round
                                        })
                                .await()[0];
                    }
                    return last;
                };
                results.add(threads.submit(work));
            }
            for (int s = 0; s < shards; s++) {
                double expected = s < 4 ? (0 + 1 + 2 + 3) * 500 : (4 + 5) * 500;
                assertThat(results.get(s).get(30, TimeUnit.SECONDS)).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aFailureEndsWaitsNowAndLater() {
        try (LocalCollective collective = new LocalCollective(2, 2)) {
            Sum<double[]> waiting = collective.offer(Round.of(SumKind.COMMIT, 1, 0), 0, new double[1]);
            collective.fail("shard 1 is on fire");
            Sum<double[]> later = collective.offer(Round.of(SumKind.COMMIT, 2, 0), 0, new double[1]);
            assertThatThrownBy(waiting::await)
                    .isInstanceOf(AbandonedException.class)
                    .hasMessage("shard 1 is on fire");
            assertThatThrownBy(later::await)
                    .isInstanceOf(AbandonedException.class)
                    .hasMessage("shard 1 is on fire");
        }
    }

    @Test
    void aShardThatOffersTwiceIsAMistakeOfTheProgram() {
        try (LocalCollective collective = new LocalCollective(2, 2)) {
            collective.offer(Round.of(SumKind.COMMIT, 1, 0), 1, new double[1]);
            assertThatThrownBy(() -> collective.offer(Round.of(SumKind.COMMIT, 1, 0), 1, new double[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("came twice");
        }
    }
}
