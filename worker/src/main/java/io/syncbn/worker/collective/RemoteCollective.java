package io.syncbn.worker.collective;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.DrivenLoop;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.Sums;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Sums over the shards of a cluster: the nodes that cover this worker's shards go up to the coordinator, roots come back.
 *
 * <p>Two connections: bulk never stands in front of the small messages that every shard waits for. The small ones are sent
 * and received by the thread that made this collective, while it waits: for a sum, or for the threads of its shards.
 */
final class RemoteCollective implements Collective {
    /** How long streams may take to begin, and to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration END_PATIENCE = Duration.ofSeconds(1);

    private final long generation;
    private final Grouping groups;
    private final Grouping all;
    private final DrivenLoop loop = new DrivenLoop();
    private final ShardFolder<double[]> doubles;
    private final ShardFolder<float[]> floats;
    private final ManagedChannel momentsChannel;
    private final ManagedChannel gradientsChannel;
    private final DataStream moments;
    private final DataStream gradients;
    private volatile long committedStep;

    /**
     * Opens the streams.
     *
     * @param background runs the connection for bulk
     * @param whenBroken told, in words, when a stream breaks
     * @throws JobFailedException if the coordinator cannot be reached any more
     */
    RemoteCollective(
            Address address,
            EventLoopGroup background,
            Plan plan,
            int shards,
            int groupSize,
            Consumer<String> whenBroken) {
        this.generation = plan.getGeneration();
        groups = new Grouping(shards, groupSize);
        all = Grouping.all(shards);
        int first = plan.getFirstShard();
        int count = plan.getShardCount();
        Waiting waiting = waiting(loop);
        doubles = new ShardFolder<>(first, count, Sums::add, this::folded, waiting);
        floats = new ShardFolder<>(
                first, count, Sums::add, (round, group, nodes) -> send(round, group, nodes, DataFrame::of), waiting);
        momentsChannel = loop.open(address);
        gradientsChannel = Channels.open(address, background);
        connect(address);
        moments = new DataStream(momentsChannel, ReductionMethods.MOMENTS, plan, this::received, whenBroken);
        gradients = new DataStream(gradientsChannel, ReductionMethods.GRADIENTS, plan, this::received, whenBroken);
        loop.flush();
    }

    private void connect(Address address) {
        try {
            if (loop.awaitConnected(momentsChannel, PATIENCE)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeChannels();
        throw new JobFailedException("the coordinator at " + address + " does not answer any more; tried for "
                + PATIENCE.toSeconds() + " s");
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
        };
    }

    @Override
    public Sum<double[]> offer(Round round, int shard, double[] part) {
        return doubles.offer(LocalCollective.isMoments(round.kind()) ? groups : all, round, shard, part);
    }

    @Override
    public Sum<float[]> offerGradients(Round round, int shard, float[] part) {
        return floats.offer(all, round, shard, part);
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
    }

    /** Steps of this generation that the coordinator has committed, as far as this worker has heard. */
    long committedStep() {
        return committedStep;
    }

    @Override
    public void close() {
        moments.end();
        gradients.end();
        closeChannels();
    }

    private void closeChannels() {
        gradientsChannel.shutdown();
        loop.close(momentsChannel, END_PATIENCE);
        loop.close();
    }

    /** Sends what the shards here came to; but a normalization group that is here whole needs nobody else. */
    private void folded(Round round, int group, Map<Node, double[]> nodes) {
        boolean isMoments = LocalCollective.isMoments(round.kind());
        double[] root = isMoments ? nodes.get(groups.treeOf(group).root()) : null;
        if (root == null) {
            send(round, group, nodes, DataFrame::of);
        } else {
            doubles.complete(round, group, root);
        }
    }

    private interface FrameMaker<T> {
        DataFrame make(FrameHeader header, T values);
    }

    private <T> void send(Round round, int group, Map<Node, T> nodes, FrameMaker<T> maker) {
        DataStream stream = round.kind() == Kind.GRADIENTS ? gradients : moments;
        nodes.forEach((node, values) -> stream.send(maker.make(
                new FrameHeader(generation, round.step(), round.kind(), round.index(), group, node, round.of()),
                values)));
        loop.flush();
    }

    private void received(DataFrame frame) {
        FrameHeader header = frame.header();
        if (header.generation() != generation) {
            fail(header + " came from the coordinator in generation " + generation);
            return;
        }
        Round round = new Round(header.kind(), header.step(), header.index(), header.of());
        if (header.kind() == Kind.GRADIENTS) {
            floats.complete(round, header.group(), frame.floats());
            return;
        }
        if (header.kind() == Kind.COMMIT) {
            committedStep = header.step();
        }
        doubles.complete(round, header.group(), frame.doubles());
    }
}
