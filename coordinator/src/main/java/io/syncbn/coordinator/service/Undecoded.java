package io.syncbn.coordinator.service;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/**
 * Leaves messages as bytes, to be decoded by their receiver: on an invalid message, gRPC would end the stream with
 * UNKNOWN, print a stack trace, and not tell us what was wrong.
 */
final class Undecoded implements MethodDescriptor.Marshaller<InputStream> {
    private Undecoded() {}

    static <T> MethodDescriptor<InputStream, T> of(MethodDescriptor<?, T> method) {
        return method.toBuilder(new Undecoded(), method.getResponseMarshaller()).build();
    }

    @Override
    public InputStream stream(InputStream value) {
        return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
        return stream;
    }
}
