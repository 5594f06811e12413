package io.syncbn.coordinator.service;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.syncbn.proto.net.Guest;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.ToWorker;
import java.io.IOException;
import java.io.InputStream;

/**
 * The service {@code syncbn.v1.Control}: passes messages to the coordinator.
 *
 * <p>A connection counts as a worker's from when the coordinator admits the worker until its stream has ended.
 */
public final class ControlService {
    private final Coordinator coordinator;
    private final Strangers strangers;
    private long connections;

    private ControlService(Coordinator coordinator, Strangers strangers) {
        this.coordinator = coordinator;
        this.strangers = strangers;
    }

    /** Create one for all servers of a coordinator: it numbers their streams. */
    public static ServerServiceDefinition create(Coordinator coordinator, Strangers strangers) {
        ControlService service = new ControlService(coordinator, strangers);
        return ServerServiceDefinition.builder(ControlGrpc.SERVICE_NAME)
                .addMethod(Undecoded.of(ControlGrpc.getAttendMethod()), (call, headers) -> service.attend(call))
                .build();
    }

    /** Sends headers at once, so that a client knows that it has reached a coordinator. */
    private ServerCall.Listener<InputStream> attend(ServerCall<InputStream, ToWorker> call) {
        call.sendHeaders(new Metadata());
        GrpcControlStream stream = new GrpcControlStream(++connections, call);
        coordinator.run(() -> coordinator.opened(stream));
        stream.receiveNext();
        return new MessageListener(stream, Guest.of(call));
    }

    private final class MessageListener extends ServerCall.Listener<InputStream> {
        private final GrpcControlStream stream;
        private final Guest guest;
        private boolean isVouchedFor;

        MessageListener(GrpcControlStream stream, Guest guest) {
            this.stream = stream;
            this.guest = guest;
        }

        @Override
        public void onMessage(InputStream message) {
            FromWorker decoded;
            try {
                decoded = FromWorker.parseFrom(message);
            } catch (IOException e) {
                strangers.say("a control stream ended, because its message is none: " + e.getMessage());
                stream.close(Status.INVALID_ARGUMENT.withDescription("this is no message"));
                end();
                return;
            }
            coordinator.run(() -> coordinator.received(stream, decoded));
            if (!isVouchedFor && coordinator.isTakenIn(stream)) {
                isVouchedFor = true;
                guest.vouch();
            }
            stream.receiveNext();
        }

        @Override
        public void onHalfClose() {
            coordinator.run(() -> coordinator.closed(stream));
        }

        @Override
        public void onCancel() {
            end();
        }

        @Override
        public void onComplete() {
            end();
        }

        /** Called however the call ended; the coordinator also learns of a break after a worker's last message. */
        private void end() {
            coordinator.run(() -> coordinator.closed(stream));
            if (isVouchedFor) {
                isVouchedFor = false;
                guest.vouchNoMore();
            }
        }
    }
}
