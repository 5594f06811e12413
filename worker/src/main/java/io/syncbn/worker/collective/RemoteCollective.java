package io.syncbn.worker.collective;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.Sums;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Sums over the shards of a cluster: the nodes that cover this worker's shards go up to the coordinator, roots come back.
 *
 * <p>Two connections: bulk never stands in front of the small messages that every shard waits for. Shards' threads send,
 * gRPC's threads deliver.
 */
final class RemoteCollective implements Collective {
    private final long generation;
    private final Grouping groups;
    private final Grouping all;
    private final CommitWatch commits;
    private final ShardFolder<double[]> doubles;
    private final ShardFolder<float[]> floats;
    private final DataStream moments;
    private final DataStream gradients;

    /** @param whenBroken told, in words, when a stream breaks */
    RemoteCollective(
            Address address, Plan plan, int shards, int groupSize, CommitWatch commits, Consumer<String> whenBroken) {
        this.generation = plan.getGeneration();
        this.commits = commits;
        groups = new Grouping(shards, groupSize);
        all = Grouping.all(shards);
        int first = plan.getFirstShard();
        int count = plan.getShardCount();
        doubles = new ShardFolder<>(first, count, Sums::add, this::folded);
        floats = new ShardFolder<>(
                first, count, Sums::add, (round, group, nodes) -> send(round, group, nodes, DataFrame::of));
        moments = new DataStream(address, ReductionMethods.MOMENTS, plan, this::received, whenBroken);
        gradients = new DataStream(address, ReductionMethods.GRADIENTS, plan, this::received, whenBroken);
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
    public void awaitCommit(long step) {
        commits.await(step);
    }

    @Override
    public void fail(String reason) {
        commits.fail(reason);
        doubles.fail(reason);
        floats.fail(reason);
    }

    @Override
    public void close() {
        moments.close();
        gradients.close();
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
        } else {
            doubles.complete(round, header.group(), frame.doubles());
        }
    }

    /** One stream on a connection of its own. Sending is thread-safe. */
    private static final class DataStream implements StreamObserver<DataFrame>, AutoCloseable {
        private final String name;
        private final ManagedChannel channel;
        private final Consumer<DataFrame> receiver;
        private final Consumer<String> whenBroken;
        private final StreamObserver<DataFrame> out;
        private volatile boolean closed;

        DataStream(
                Address address,
                MethodDescriptor<DataFrame, DataFrame> method,
                Plan plan,
                Consumer<DataFrame> receiver,
                Consumer<String> whenBroken) {
            this.name = method.getBareMethodName() + " stream to the coordinator at " + address;
            this.receiver = receiver;
            this.whenBroken = whenBroken;
            Metadata headers = new Metadata();
            headers.put(ReductionMethods.WORKER, Integer.toString(plan.getWorker()));
            headers.put(ReductionMethods.GENERATION, Long.toString(plan.getGeneration()));
            channel = Channels.open(address);
            out = ClientCalls.asyncBidiStreamingCall(
                    ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                            .newCall(method, CallOptions.DEFAULT.withWaitForReady()),
                    this);
        }

        synchronized void send(DataFrame frame) {
            if (!closed) {
                out.onNext(frame);
            }
        }

        @Override
        public void onNext(DataFrame frame) {
            receiver.accept(frame);
        }

        @Override
        public void onError(Throwable error) {
            if (!closed) {
                Status status = Status.fromThrowable(error);
                String detail = status.getDescription() == null ? "" : ", " + status.getDescription();
                whenBroken.accept("the " + name + " broke: " + status.getCode() + detail);
            }
            closed = true;
        }

        @Override
        public void onCompleted() {
            if (!closed) {
                whenBroken.accept("the " + name + " was ended by the coordinator");
            }
            closed = true;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                out.onCompleted();
            }
            channel.shutdown();
        }
    }
}
