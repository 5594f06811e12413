package io.syncbn.worker.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.tree.Sums;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocalReducerTest {
    private static final int SHARDS = 4;
    private static final Grouping ALL = Grouping.all(SHARDS);
    private static final Round MOMENTS = Round.of(SumKind.MOMENTS_FORWARD, 7, 0);
    private static final Round CHUNK = new Round(SumKind.GRADIENTS, 7, 0, 1);

    private final List<Map<Node, double[]>> handedOn = new ArrayList<>();

    private LocalReducer<double[]> folder(ShardRun... runs) {
        return folder((round, group, nodes) -> handedOn.add(nodes), runs);
    }

    private static LocalReducer<double[]> folder(LocalReducer.Outlet<double[]> outlet, ShardRun... runs) {
        return new LocalReducer<>(List.of(runs), Sums::add, outlet, Waiting.PLAIN, () -> 0);
    }

    private static double[] one(double value) {
        return new double[] {value};
    }

    /** The sum, which must not keep anybody waiting. */
    private static double[] soon(Sum<double[]> sum) {
        CompletableFuture<double[]> total = CompletableFuture.supplyAsync(sum::await);
        try {
            return total.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the sum has not come", e);
        }
    }

    @Test
    void runsAreFoldedApartEvenIfTheyStandSideBySide() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            int shards = 2 + random.nextInt(16);
            Grouping all = Grouping.all(shards);
            int middle = 1 + random.nextInt(shards - 1);
            int first = random.nextInt(middle);
            ShardRun left = new ShardRun(first, middle - first);
            ShardRun right = new ShardRun(middle, 1 + random.nextInt(shards - middle));
            handedOn.clear();
            LocalReducer<double[]> folder = random.nextBoolean() ? folder(left, right) : folder(right, left);
            List<Integer> order = new ArrayList<>(Stream.of(left, right)
                    .flatMapToInt(ShardRun::shards)
                    .boxed()
                    .toList());
            Collections.shuffle(order, random);
            List<Sum<double[]>> sums = order.stream()
                    .map(shard -> folder.offer(all, MOMENTS, shard, one(1)))
                    .toList();
            assertThat(handedOn.stream()
                            .map(nodes -> List.copyOf(nodes.keySet()))
                            .toList())
                    .as("seed %d", seed)
                    .usingRecursiveFieldByFieldElementComparator()
                    .satisfiesExactlyInAnyOrder(
                            nodes -> assertThat(nodes).containsExactlyInAnyOrderElementsOf(cover(all, left)),
                            nodes -> assertThat(nodes).containsExactlyInAnyOrderElementsOf(cover(all, right)));
            folder.complete(all, MOMENTS, 0, one(shards));
            assertThat(sums.stream().map(LocalReducerTest::soon).distinct()).hasSize(1);
            assertThat(folder.held()).isZero();
        }
    }

    private static List<Node> cover(Grouping all, ShardRun run) {
        return all.treeOf(0).cover(run.first(), run.count());
    }

    @Test
    void aTotalThatComesEarlyIsKeptAndMakesOffersNeedless() {
        LocalReducer<double[]> folder = folder(new ShardRun(2, 2));
        double[] total = one(10);
        folder.complete(ALL, MOMENTS, 0, total);
        assertThat(soon(folder.offer(ALL, MOMENTS, 2, one(3)))).isSameAs(total);
        assertThat(soon(folder.offer(ALL, MOMENTS, 3, one(4)))).isSameAs(total);
        assertThat(handedOn).isEmpty();
        assertThat(folder.held()).isZero();
    }

    @Test
    void aTotalMayComeBetweenTheTwoRuns() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 1), new ShardRun(3, 1));
        Sum<double[]> own = folder.offer(ALL, MOMENTS, 0, one(1));
        assertThat(handedOn).hasSize(1);
        double[] total = one(10);
        folder.complete(ALL, MOMENTS, 0, total);
        assertThat(soon(own)).isSameAs(total);
        assertThat(soon(folder.offer(ALL, MOMENTS, 3, one(4)))).isSameAs(total);
        assertThat(handedOn).hasSize(1);
        assertThat(folder.held()).isZero();
    }

    @Test
    void totalsOverAllShardsStayUntilTheirStepIsDone() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 1));
        Round evaluation = Round.of(SumKind.EVALUATION, 7, 0);
        folder.offer(ALL, CHUNK, 0, one(1));
        assertThat(folder.isThere(CHUNK)).isFalse();
        folder.complete(ALL, CHUNK, 0, one(10));
        folder.complete(ALL, evaluation, 0, one(11));
        assertThat(folder.isThere(CHUNK)).isTrue();
        assertThat(soon(folder.sum(ALL, CHUNK))).containsExactly(10);
        folder.done(7);
        assertThat(soon(folder.sum(ALL, evaluation))).containsExactly(11);
        folder.done(8);
        assertThat(folder.held()).isZero();
    }

    @Test
    void nothingIsKeptOfAStepThatIsDone() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 2));
        folder.offer(ALL, MOMENTS, 0, one(1)); // and shard 1 gave up
        folder.complete(ALL, MOMENTS, 0, one(10));
        folder.complete(ALL, Round.of(SumKind.MOMENTS_FORWARD, 7, 1), 0, one(10));
        folder.done(7);
        folder.complete(ALL, MOMENTS, 0, one(10)); // came twice
        assertThat(folder.held()).isZero();
    }

    @Test
    void shardsThatAreNotThroughWithACommittedStepAreToldSoAtOffersAndInTheirWaits() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 2));
        Sum<double[]> moments = folder.offer(ALL, MOMENTS, 0, one(1));
        Sum<double[]> gradients = folder.offer(ALL, CHUNK, 0, one(1));
        folder.overtake(7);
        assertThatThrownBy(() -> soon(moments))
                .isInstanceOf(OvertakenException.class)
                .hasMessage("step 7 is committed");
        assertThatThrownBy(() -> folder.offer(ALL, MOMENTS, 1, one(2))).isInstanceOf(OvertakenException.class);
        assertThatThrownBy(() -> folder.offer(ALL, CHUNK, 1, one(2))).isInstanceOf(OvertakenException.class);
        assertThat(handedOn).isEmpty();
        folder.complete(ALL, CHUNK, 0, one(10)); // on its way, on another connection
        assertThat(soon(gradients)).containsExactly(10);
        folder.done(7);
        folder.offer(ALL, Round.of(SumKind.MOMENTS_FORWARD, 8, 0), 0, one(1));
        folder.offer(ALL, Round.of(SumKind.EVALUATION, 7, 0), 0, one(1));
    }

    /** The one that comes first hands nothing on, and the one that would is told at its offer. */
    @Test
    void theFirstOfSeveralShardsToOfferMomentsOfACommittedStepDoesNotWaitForTheOthers() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 2));
        folder.overtake(7);
        assertThatThrownBy(() -> folder.offer(ALL, MOMENTS, 0, one(1))).isInstanceOf(OvertakenException.class);
        assertThatThrownBy(() -> folder.offer(ALL, MOMENTS, 1, one(1))).isInstanceOf(OvertakenException.class);
        folder.done(7);
        assertThat(folder.held()).isZero();
    }

    /** The commit may come while the shard that has brought it about still is in its offer. */
    @Test
    void nobodyIsOvertakenByItsOwnOffer() {
        List<LocalReducer<double[]>> folder = new ArrayList<>();
        folder.add(folder(
                (round, group, nodes) -> {
                    folder.get(0).complete(ALL, round, group, one(10));
                    folder.get(0).overtake(round.step());
                },
                new ShardRun(0, 1)));
        assertThatCode(() -> folder.get(0).offer(ALL, Round.commit(7), 0, one(1)))
                .doesNotThrowAnyException();
    }

    @Test
    void theGenerationsEndIsToldToThoseWhoAskWithoutAnOffer() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 1));
        folder.fail("generation 3 begins", round -> round.step() <= 7);
        Sum<double[]> spared = folder.sum(ALL, Round.commit(7));
        assertThatThrownBy(() -> soon(folder.sum(ALL, Round.commit(8))))
                .isInstanceOf(AbandonedException.class)
                .hasMessage("generation 3 begins");
        folder.complete(ALL, Round.commit(7), 0, one(10));
        assertThat(soon(spared)).containsExactly(10);
    }

    @Test
    void aSumIsMissedOnceOneOfTheRunsHasHandedItsPartsOn() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 1), new ShardRun(3, 1));
        folder.offer(ALL, CHUNK, 0, one(1));
        assertThat(folder.handedOnBefore(1)).contains(CHUNK);
        assertThat(folder.handedOnBefore(0)).isEmpty();
        folder.complete(ALL, CHUNK, 0, one(10));
        assertThat(folder.handedOnBefore(1)).isEmpty();
    }

    @Test
    void aGroupOfWhichNothingIsHereIsNotWaitedFor() {
        LocalReducer<double[]> folder = folder(new ShardRun(0, 1), new ShardRun(3, 1));
        Grouping pairs = new Grouping(SHARDS, 2);
        folder.offer(pairs, MOMENTS, 3, one(4));
        assertThat(handedOn.stream().<Set<Node>>map(Map::keySet).toList()).containsExactly(Set.of(new Node(0, 1)));
    }
}
