package io.syncbn.coordinator.service;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.syncbn.proto.net.Guest;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.v1.ReductionGrpc;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameMarshaller;
import io.syncbn.proto.wire.ReductionMethods;
import java.io.InputStream;

/**
 * The service {@code syncbn.v1.Reduction}: decodes frames and hands them to the coordinator.
 *
 * <p>A connection counts as a worker's from when the coordinator accepts a stream of the present generation on it until
 * that stream ends.
 */
public final class ReductionService {
    private static final FrameMarshaller MARSHALLER = new FrameMarshaller();

    private final Coordinator coordinator;

    private ReductionService(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    public static ServerServiceDefinition create(Coordinator coordinator) {
        ReductionService service = new ReductionService(coordinator);
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(ReductionGrpc.SERVICE_NAME);
        for (StreamKind kind : StreamKind.values()) {
            definition.addMethod(
                    Undecoded.of(ReductionMethods.of(kind)), (call, headers) -> service.open(kind, call, headers));
        }
        return definition.build();
    }

    private ServerCall.Listener<InputStream> open(
            StreamKind kind, ServerCall<InputStream, DataFrame> call, Metadata headers) {
        long generation;
        int worker;
        try {
            generation = Long.parseLong(String.valueOf(headers.get(ReductionMethods.GENERATION)));
            worker = Integer.parseInt(String.valueOf(headers.get(ReductionMethods.WORKER)));
        } catch (NumberFormatException e) {
            call.close(
                    Status.INVALID_ARGUMENT.withDescription("expected decimal headers "
                            + ReductionMethods.WORKER.name() + " and " + ReductionMethods.GENERATION.name()
                            + ", came " + headers.get(ReductionMethods.WORKER) + " and "
                            + headers.get(ReductionMethods.GENERATION)),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        call.sendHeaders(new Metadata());
        DataStream stream = new GrpcDataStream(kind, generation, worker, call);
        coordinator.run(() -> coordinator.opened(stream));
        stream.receiveNext();
        return new FrameListener(stream, Guest.of(call));
    }

    private final class FrameListener extends ServerCall.Listener<InputStream> {
        private final DataStream stream;
        private final Guest guest;
        private final boolean isVouchedFor;

        FrameListener(DataStream stream, Guest guest) {
            this.stream = stream;
            this.guest = guest;
            isVouchedFor = coordinator.isOpen(stream);
            if (isVouchedFor) {
                guest.vouch();
            }
        }

        @Override
        public void onMessage(InputStream message) {
            try {
                DataFrame frame = MARSHALLER.parse(message);
                coordinator.run(() -> coordinator.received(stream, frame));
            } catch (StatusRuntimeException e) {
                coordinator.run(() -> coordinator.damaged(stream, e.getStatus()));
            }
        }

        @Override
        public void onReady() {
            coordinator.run(() -> coordinator.ready(stream));
        }

        @Override
        public void onHalfClose() {
            coordinator.run(() -> coordinator.ended(stream));
        }

        @Override
        public void onCancel() {
            coordinator.run(() -> coordinator.broken(stream));
            vouchNoMore();
        }

        @Override
        public void onComplete() {
            vouchNoMore();
        }

        /** Called once: a call either completes or is cancelled. */
        private void vouchNoMore() {
            if (isVouchedFor) {
                guest.vouchNoMore();
            }
        }
    }
}
