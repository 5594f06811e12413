package io.syncbn.coordinator;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.Damaged;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Leave;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.ReductionMethods;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A fake worker: sends what a test tells it to, and keeps what arrives for the test to check. */
final class FakeWorker implements AutoCloseable {
    private static final long WAIT_SECONDS = 120;

    private final String name;
    private final Address address;
    private final EventLoopGroup loop = Transport.eventLoop("fake-worker");
    private final ManagedChannel controlChannel;
    private final Inbox<ToWorker> control = new Inbox<>();
    private final StreamObserver<FromWorker> toCoordinator;
    private Data moments;
    private Data gradients;
    private Plan plan;

    FakeWorker(String name, int port) {
        this.name = name;
        address = new Address("127.0.0.1", port);
        controlChannel = Channels.open(address, loop);
        toCoordinator = ControlGrpc.newStub(controlChannel).attend(control);
    }

    Join.Builder introduction(String fingerprint) {
        return Join.newBuilder()
                .setProtocolVersion(Protocol.VERSION)
                .setFingerprint(fingerprint)
                .setDataDigest("data")
                .setStateDigest("state")
                .setName(name)
                .setHost("test-host")
                .setProcessId(77);
    }

    FakeWorker join(String fingerprint) {
        return join(introduction(fingerprint));
    }

    FakeWorker join(Join.Builder introduction) {
        send(FromWorker.newBuilder().setJoin(introduction));
        return this;
    }

    /** A test may send signs of life from a thread of their own; a stream takes one message at a time. */
    private synchronized void send(FromWorker.Builder message) {
        toCoordinator.onNext(message.build());
    }

    /** Waits for the plan, and opens the data streams. */
    Plan prepare() throws InterruptedException {
        ToWorker message = control.next();
        if (!message.hasPlan()) {
            throw new AssertionError("expected a plan, came " + message);
        }
        closeData();
        plan = message.getPlan();
        moments = new Data(ReductionMethods.MOMENTS, plan.getGeneration());
        gradients = new Data(ReductionMethods.GRADIENTS, plan.getGeneration());
        return plan;
    }

    /** Says where it stands. */
    void ready(long step, String digest) {
        send(FromWorker.newBuilder()
                .setReady(Ready.newBuilder()
                        .setGeneration(plan.getGeneration())
                        .setStep(step)
                        .setStateDigest(digest)));
    }

    /** Waits until the generation begins; after which step it does. */
    long begin() throws InterruptedException {
        ToWorker message = control.next();
        if (!message.hasBegin()) {
            throw new AssertionError("expected a beginning, came " + message);
        }
        return message.getBegin().getStep();
    }

    Plan plan() {
        return plan;
    }

    /** One more stream of moments, of any generation. */
    Data openMoments(long generation) {
        return new Data(ReductionMethods.MOMENTS, generation);
    }

    /** Sends on the stream of the frame's kind. */
    void send(DataFrame frame) {
        sendOn(frame.header().kind(), frame);
    }

    /** Sends on the stream of any kind. */
    void sendOn(SumKind kind, DataFrame frame) {
        dataOf(kind).out.onNext(frame);
    }

    Data dataOf(SumKind kind) {
        return kind == SumKind.GRADIENTS || kind == SumKind.STATE ? gradients : moments;
    }

    /** The next Hold; plans that a broken data stream, noticed before the loss of its worker, may have brought are over. */
    Hold nextHold() throws InterruptedException {
        ToWorker message = control.next();
        return message.hasPlan() ? nextHold() : message.getHold();
    }

    ToWorker nextControl() throws InterruptedException {
        return control.next();
    }

    /** The status with which the control stream ends. */
    Status controlEnd() throws InterruptedException {
        return control.end();
    }

    void heartbeat(long step) {
        send(FromWorker.newBuilder().setHeartbeat(Heartbeat.newBuilder().setStep(step)));
    }

    void fail(String reason) {
        send(FromWorker.newBuilder().setFailed(Failed.newBuilder().setReason(reason)));
    }

    void leave(String reason) {
        send(FromWorker.newBuilder().setLeave(Leave.newBuilder().setReason(reason)));
    }

    void damaged(String reason) {
        send(FromWorker.newBuilder()
                .setDamaged(
                        Damaged.newBuilder().setGeneration(plan.getGeneration()).setReason(reason)));
    }

    void finish(long step, String digest) {
        send(FromWorker.newBuilder()
                .setFinished(Finished.newBuilder()
                        .setGeneration(plan == null ? 0 : plan.getGeneration())
                        .setStep(step)
                        .setStateDigest(digest)));
    }

    /** Ends the control stream, as a process does that exits. */
    void hangUp() {
        controlChannel.shutdownNow();
    }

    /** Breaks the connection for gradients only. */
    void breakGradients() {
        gradients.channel.shutdownNow();
    }

    @Override
    public void close() {
        controlChannel.shutdownNow();
        closeData();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private void closeData() {
        if (plan != null) {
            moments.channel.shutdownNow();
            gradients.channel.shutdownNow();
        }
    }

    /** One data stream on a connection of its own. */
    final class Data {
        private final ManagedChannel channel = Channels.open(address, loop);
        private final Inbox<DataFrame> inbox = new Inbox<>();
        private final StreamObserver<DataFrame> out;

        Data(MethodDescriptor<DataFrame, DataFrame> method, long generation) {
            Metadata headers = new Metadata();
            headers.put(ReductionMethods.WORKER, Integer.toString(plan.getWorker()));
            headers.put(ReductionMethods.GENERATION, Long.toString(generation));
            out = ClientCalls.asyncBidiStreamingCall(
                    ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                            .newCall(method, CallOptions.DEFAULT),
                    inbox);
        }

        DataFrame next() throws InterruptedException {
            return inbox.next();
        }

        Status end() throws InterruptedException {
            return inbox.end();
        }

        void complete() {
            out.onCompleted();
        }

        void shutDown() {
            channel.shutdownNow();
        }
    }

    /** What came on a stream: messages, then the status of its end. */
    private static final class Inbox<T> implements StreamObserver<T> {
        private final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();

        T next() throws InterruptedException {
            return came(messages.poll(WAIT_SECONDS, TimeUnit.SECONDS));
        }

        Status end() throws InterruptedException {
            return came(end.poll(WAIT_SECONDS, TimeUnit.SECONDS));
        }

        private static <V> V came(V value) {
            if (value == null) {
                throw new AssertionError("nothing came within " + WAIT_SECONDS + " s");
            }
            return value;
        }

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            end.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.add(Status.OK);
        }
    }
}
