package io.syncbn.worker.collective;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.ReductionMethods;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One data stream, on its own connection. Sending is thread-safe. */
final class DataStream implements ClientResponseObserver<DataFrame, DataFrame> {
    private final String name;
    private final Consumer<DataFrame> receiver;
    private final Consumer<String> whenBroken;
    private final StreamObserver<DataFrame> out;
    private ClientCallStreamObserver<DataFrame> call;
    private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
    private volatile boolean closed;

    /**
     * @param channel closed by the caller, after this stream
     * @param receiver called on the channel's loop
     * @param whenBroken receives the reason when the stream breaks
     */
    DataStream(
            ManagedChannel channel,
            MethodDescriptor<DataFrame, DataFrame> method,
            Plan plan,
            Consumer<DataFrame> receiver,
            Consumer<String> whenBroken) {
        this.name = method.getBareMethodName() + " stream to the coordinator at " + channel.authority();
        this.receiver = receiver;
        this.whenBroken = whenBroken;
        Metadata headers = new Metadata();
        headers.put(ReductionMethods.WORKER, Integer.toString(plan.getWorker()));
        headers.put(ReductionMethods.GENERATION, Long.toString(plan.getGeneration()));
        out = ClientCalls.asyncBidiStreamingCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                        .newCall(method, CallOptions.DEFAULT.withWaitForReady()),
                this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<DataFrame> toCoordinator) {
        call = toCoordinator;
        call.setOnReadyHandler(this::becameReady);
    }

    /** Completes when the connection has taken nearly all that was sent, or is over. */
    synchronized CompletableFuture<Void> whenTaken() {
        if (taken.isDone() && !closed && !call.isReady()) {
            taken = new CompletableFuture<>();
        }
        return taken;
    }

    private synchronized void becameReady() {
        taken.complete(null);
    }

    synchronized void send(DataFrame frame) {
        if (!closed) {
            out.onNext(frame);
        }
    }

    /** Sends no more. */
    synchronized void end() {
        if (!closed) {
            closed = true;
            out.onCompleted();
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
        close();
    }

    @Override
    public void onCompleted() {
        if (!closed) {
            whenBroken.accept("the " + name + " was ended by the coordinator");
        }
        close();
    }

    private void close() {
        closed = true;
        becameReady();
    }
}
