package io.syncbn.worker.collective;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.DrivenLoop;
import io.syncbn.proto.sums.Chunks;
import io.syncbn.proto.sums.Groupings;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.tree.Sums;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Sums over the shards of a cluster in one generation: the nodes that cover each of this worker's runs of shards go up to
 * the coordinator, roots come back. States of replicas travel the same way.
 *
 * <p>Two connections: bulk never stands in front of the small messages that every shard waits for. The small ones are sent
 * and received by the thread that made this collective, while it waits: for a sum, or for the threads of its shards.
 */
public final class RemoteCollective implements Collective {
    /** How long streams may take to begin, and to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration END_PATIENCE = Duration.ofMillis(200);

    /** How long the sums of a step that is committed may take to come, after the generation's end. */
    private static final long COMMITTED_SUMS_MILLIS = 1000;

    /**
     * A sum that has not come for so long does not come: others can be slow, but this slow only if a connection is gone that
     * nobody has closed.
     */
    private static final long LOST_NANOS = Duration.ofMinutes(12).toNanos();

    private static final long LOOK_SECONDS = 30;
    private static final long NO_STEP = -1;

    private final Plan plan;
    private final Groupings groupings;
    private final EventLoopGroup background;
    private final DrivenLoop loop = new DrivenLoop();
    private final ShardFolder<double[]> doubles;
    private final ShardFolder<float[]> floats;
    private final StateInbox state = new StateInbox();
    private final ManagedChannel momentsChannel;
    private final ManagedChannel gradientsChannel;
    private final DataStream moments;
    private final DataStream gradients;
    private final ScheduledFuture<?> lookout;
    private volatile long lastStep = NO_STEP;
    private volatile long doneStep = NO_STEP;

    /**
     * Opens the streams.
     *
     * @param background runs the connection for bulk
     * @param nanoClock monotonic
     * @param whenBroken told, in words, when a stream breaks
     * @throws AbandonedException if the coordinator cannot be reached any more
     */
    public RemoteCollective(
            Address address,
            EventLoopGroup background,
            Plan plan,
            int shards,
            int groupSize,
            LongSupplier nanoClock,
            Consumer<String> whenBroken) {
        this.plan = plan;
        this.background = background;
        groupings = Groupings.of(shards, groupSize);
        List<ShardRun> runs = ShardRun.of(plan);
        Waiting waiting = waiting(loop);
        doubles = new ShardFolder<>(runs, Sums::add, this::folded, waiting, nanoClock);
        floats = new ShardFolder<>(
                runs, Sums::add, (round, group, nodes) -> send(round, group, nodes, DataFrame::of), waiting, nanoClock);
        momentsChannel = loop.open(address);
        gradientsChannel = Channels.open(address, background);
        connect(address, whenBroken);
        moments = new DataStream(momentsChannel, ReductionMethods.MOMENTS, plan, this::received, reason -> {
            doubles.fail(reason);
            whenBroken.accept(reason);
        });
        gradients = new DataStream(gradientsChannel, ReductionMethods.GRADIENTS, plan, this::received, reason -> {
            floats.fail(reason);
            state.fail(reason);
            loop.wake();
            whenBroken.accept(reason);
        });
        lookout = background
                .next()
                .scheduleAtFixedRate(
                        () -> lookForLost(nanoClock.getAsLong(), whenBroken),
                        LOOK_SECONDS,
                        LOOK_SECONDS,
                        TimeUnit.SECONDS);
        loop.flush();
    }

    private void lookForLost(long nowNanos, Consumer<String> whenBroken) {
        doubles.handedOnBefore(nowNanos - LOST_NANOS)
                .or(() -> floats.handedOnBefore(nowNanos - LOST_NANOS))
                .ifPresent(round -> whenBroken.accept(
                        round + " has not come for " + TimeUnit.NANOSECONDS.toMinutes(LOST_NANOS) + " minutes"));
    }

    private void connect(Address address, Consumer<String> whenBroken) {
        try {
            if (loop.awaitConnected(momentsChannel, PATIENCE)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeChannels();
        String reason =
                "the coordinator at " + address + " does not answer any more; tried for " + PATIENCE.toSeconds() + " s";
        whenBroken.accept(reason);
        throw new AbandonedException(reason);
    }

    private static Waiting waiting(DrivenLoop loop) {
        return new Waiting() {
            @Override
            public void until(CompletableFuture<?> done) throws InterruptedException {
                loop.await(done);
            }

            @Override
            public void wake() {
                loop.wake();
            }

            @Override
            public void look() {
                loop.look();
            }
        };
    }

    @Override
    public Sum<double[]> offer(Round round, int shard, double[] part) {
        return doubles.offer(groupings.of(round.kind()), round, shard, part);
    }

    @Override
    public Sum<float[]> offerGradients(Round round, int shard, float[] part) {
        return floats.offer(groupings.all(), round, shard, part);
    }

    @Override
    public Sum<double[]> sum(Round round) {
        return doubles.sum(groupings.all(), round);
    }

    @Override
    public Sum<float[]> gradients(Round round) {
        return floats.sum(groupings.all(), round);
    }

    @Override
    public boolean isThere(Round round) {
        return doubles.isThere(round);
    }

    @Override
    public void done(long step) {
        doubles.done(step);
        floats.done(step);
        doneStep = step;
    }

    /** The last step that was done in this generation; negative before the first. Thread-safe. */
    public long doneStep() {
        return doneStep;
    }

    @Override
    public void await(CompletableFuture<?> work) throws InterruptedException {
        work.whenComplete((value, failure) -> loop.wake());
        loop.await(work);
    }

    @Override
    public void fail(String reason) {
        doubles.fail(reason);
        floats.fail(reason);
        state.fail(reason);
        loop.wake();
    }

    /**
     * Ends every wait, because the generation is over; but the sums of a step that the coordinator has committed are
     * on their way, and are waited for a little longer. Thread-safe.
     */
    public void endAfter(long lastCommittedStep, String reason) {
        doubles.fail(reason, round -> round.lastStep() <= lastCommittedStep);
        floats.fail(reason, round -> round.lastStep() <= lastCommittedStep);
        state.fail(reason);
        loop.wake();
        background.next().schedule(() -> fail(reason), COMMITTED_SUMS_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean endsWith(long step) {
        return lastStep == step;
    }

    /**
     * Sends a state to the workers that are behind, no faster than the connection takes it.
     *
     * @throws AbandonedException if nobody waits for it any more
     */
    public void sendState(long step, float[] values) {
        Chunks chunks = Chunks.ofState(values.length);
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            FrameHeader header = new FrameHeader(
                    plan.getGeneration(),
                    step,
                    SumKind.STATE,
                    chunk,
                    0,
                    new Node(0, plan.getFirstShard()),
                    chunks.count());
            awaitTaken();
            gradients.send(DataFrame.of(header, chunks.copy(values, chunk)));
        }
    }

    private void awaitTaken() {
        CompletableFuture<Void> taken = gradients.whenTaken();
        if (taken.isDone()) {
            return;
        }
        try {
            await(CompletableFuture.anyOf(taken, state.whole()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbandonedException("interrupted");
        }
        if (state.whole().isCompletedExceptionally()) {
            throw new AbandonedException("the state is not waited for any more");
        }
    }

    /**
     * Waits for the state that another worker sends.
     *
     * @throws AbandonedException if it cannot come any more
     */
    public float[] awaitState() {
        try {
            await(state.whole());
            return state.whole().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbandonedException("interrupted");
        } catch (CompletionException e) {
            throw new AbandonedException(e.getCause().getMessage());
        }
    }

    @Override
    public void close() {
        lookout.cancel(false);
        moments.end();
        gradients.end();
        closeChannels();
    }

    private void closeChannels() {
        gradientsChannel.shutdown();
        background.next().schedule(gradientsChannel::shutdownNow, END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        loop.close(momentsChannel, END_PATIENCE);
        loop.close();
    }

    /** Sends what the shards here came to; but a normalization group that is here whole needs nobody else. */
    private void folded(Round round, int group, Map<Node, double[]> nodes) {
        double[] root = round.kind().isOfGroup()
                ? nodes.get(groupings.groups().treeOf(group).root())
                : null;
        if (root == null) {
            send(round, group, nodes, DataFrame::of);
        } else {
            doubles.complete(groupings.groups(), round, group, root);
        }
    }

    private interface FrameMaker<T> {
        DataFrame make(FrameHeader header, T values);
    }

    private <T> void send(Round round, int group, Map<Node, T> nodes, FrameMaker<T> maker) {
        DataStream stream = round.kind().stream() == StreamKind.GRADIENTS ? gradients : moments;
        nodes.forEach((node, values) -> stream.send(maker.make(
                new FrameHeader(
                        plan.getGeneration(), round.step(), round.kind(), round.index(), group, node, round.of()),
                values)));
        loop.flush();
    }

    private void received(DataFrame frame) {
        FrameHeader header = frame.header();
        if (header.generation() != plan.getGeneration()) {
            fail(header + " came from the coordinator in generation " + plan.getGeneration());
            return;
        }
        Round round = new Round(header.kind(), header.step(), header.index(), header.of());
        switch (header.kind()) {
            case STATE -> {
                state.take(frame);
                loop.wake();
            }
            case GRADIENTS -> floats.complete(groupings.all(), round, header.group(), frame.floats());
            case COMMIT, LAST_COMMIT -> {
                if (header.kind() == SumKind.LAST_COMMIT) {
                    lastStep = header.step();
                }
                doubles.complete(groupings.all(), Round.commit(header.step()), 0, frame.doubles());
                // Whoever has done all its share is not touched by this.
                doubles.overtake(header.step());
                floats.overtake(header.step());
            }
            default -> doubles.complete(groupings.of(round.kind()), round, header.group(), frame.doubles());
        }
    }
}
