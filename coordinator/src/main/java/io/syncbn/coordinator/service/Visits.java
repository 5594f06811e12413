package io.syncbn.coordinator.service;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.syncbn.proto.net.Guest;

/** Health checks of the coordinator: their connections may stay while a call is open. */
public final class Visits implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Guest guest = Guest.of(call);
        guest.visit();
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            public void onComplete() {
                super.onComplete();
                guest.visitIsOver();
            }

            @Override
            public void onCancel() {
                super.onCancel();
                guest.visitIsOver();
            }
        };
    }
}
