package io.syncbn.deploy.system;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.ReductionMethods;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A worker of which a test sends every message itself. */
final class HandmadeWorker implements AutoCloseable {
    private final EventLoopGroup loop = Transport.eventLoop("handmade");
    private final ManagedChannel channel;
    private final BlockingQueue<ToWorker> received = new LinkedBlockingQueue<>();
    private final StreamObserver<FromWorker> control;

    HandmadeWorker(Address coordinator) {
        channel = Channels.open(coordinator, loop);
        control = ControlGrpc.newStub(channel).withWaitForReady().attend(new StreamObserver<>() {
            @Override
            public void onNext(ToWorker message) {
                received.add(message);
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {}
        });
    }

    void join(Join.Builder join) {
        control.onNext(FromWorker.newBuilder().setJoin(join).build());
    }

    void ready(Ready.Builder ready) {
        control.onNext(FromWorker.newBuilder().setReady(ready).build());
    }

    ToWorker next() throws InterruptedException {
        ToWorker message = received.poll(Syncbn.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("nothing came from the coordinator");
        }
        return message;
    }

    Plan plan() throws InterruptedException {
        ToWorker message = next();
        if (!message.hasPlan()) {
            throw new AssertionError("expected a plan, came " + message);
        }
        return message.getPlan();
    }

    StreamObserver<DataFrame> moments(Plan plan) {
        return data(plan, ReductionMethods.MOMENTS);
    }

    StreamObserver<DataFrame> gradients(Plan plan) {
        return data(plan, ReductionMethods.GRADIENTS);
    }

    private StreamObserver<DataFrame> data(Plan plan, MethodDescriptor<DataFrame, DataFrame> method) {
        Metadata headers = new Metadata();
        headers.put(ReductionMethods.WORKER, Integer.toString(plan.getWorker()));
        headers.put(ReductionMethods.GENERATION, Long.toString(plan.getGeneration()));
        return ClientCalls.asyncBidiStreamingCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                        .newCall(method, CallOptions.DEFAULT),
                new StreamObserver<>() {
                    @Override
                    public void onNext(DataFrame frame) {}

                    @Override
                    public void onError(Throwable error) {}

                    @Override
                    public void onCompleted() {}
                });
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
