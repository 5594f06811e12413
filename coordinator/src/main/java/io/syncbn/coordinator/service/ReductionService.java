package io.syncbn.coordinator.service;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.syncbn.proto.v1.ReductionGrpc;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameMarshaller;
import io.syncbn.proto.wire.ReductionMethods;
import java.io.InputStream;
import java.util.concurrent.Executor;

/**
 * The service {@code syncbn.v1.Reduction}: decodes frames on their connection's own thread, and hands them to the writer.
 *
 * <p>Frames are decoded here and not by gRPC, which would end the stream with UNKNOWN and keep to itself what was wrong with
 * a damaged one.
 */
public final class ReductionService {
    /** Frames of a stream that may wait for the writer: enough that it never waits for the network between two chunks. */
    private static final int FRAMES_WAITING = 16;

    private static final FrameMarshaller MARSHALLER = new FrameMarshaller();

    private final Coordinator coordinator;
    private final Mailbox mailbox;

    private ReductionService(Coordinator coordinator, Mailbox mailbox) {
        this.coordinator = coordinator;
        this.mailbox = mailbox;
    }

    public static ServerServiceDefinition create(Coordinator coordinator, Mailbox mailbox) {
        ReductionService service = new ReductionService(coordinator, mailbox);
        return ServerServiceDefinition.builder(ReductionGrpc.SERVICE_NAME)
                .addMethod(
                        undecoded(ReductionMethods.MOMENTS),
                        (call, headers) -> service.open(StreamKind.MOMENTS, mailbox.urgent(), call, headers))
                .addMethod(
                        undecoded(ReductionMethods.GRADIENTS),
                        (call, headers) -> service.open(StreamKind.GRADIENTS, mailbox.bulk(), call, headers))
                .build();
    }

    private ServerCall.Listener<InputStream> open(
            StreamKind kind, Executor writer, ServerCall<InputStream, DataFrame> call, Metadata headers) {
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
        DataStream stream = new DataStream(kind, generation, worker, call);
        writer.execute(() -> coordinator.opened(stream));
        call.request(FRAMES_WAITING);
        return new FrameListener(stream, writer);
    }

    private final class FrameListener extends ServerCall.Listener<InputStream> {
        private final DataStream stream;
        private final Executor writer;

        FrameListener(DataStream stream, Executor writer) {
            this.stream = stream;
            this.writer = writer;
        }

        @Override
        public void onMessage(InputStream message) {
            try {
                DataFrame frame = MARSHALLER.parse(message);
                writer.execute(() -> coordinator.received(stream, frame));
            } catch (StatusRuntimeException e) {
                writer.execute(() -> coordinator.damaged(stream, e.getStatus()));
            }
        }

        @Override
        public void onHalfClose() {
            writer.execute(() -> coordinator.ended(stream));
        }

        @Override
        public void onCancel() {
            mailbox.urgent().execute(() -> coordinator.broken(stream));
        }
    }

    private static MethodDescriptor<InputStream, DataFrame> undecoded(MethodDescriptor<DataFrame, DataFrame> method) {
        return method.toBuilder(new Undecoded(), method.getResponseMarshaller()).build();
    }

    /** Leaves a message as it came. */
    private static final class Undecoded implements MethodDescriptor.Marshaller<InputStream> {
        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return stream;
        }
    }
}
