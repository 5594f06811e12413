package io.syncbn.coordinator.service;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/**
 * Leaves messages as they came. They are decoded by whoever gets them: gRPC would end a stream with UNKNOWN, print a stack
 * trace, and keep to itself what was wrong with a message that is none.
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
