package io.syncbn.proto.wire;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.v1.Frame;
import io.syncbn.proto.v1.ReductionGrpc;

/** The calls of the service {@code syncbn.v1.Reduction}, carrying {@link DataFrame}, and the headers of their streams. */
public final class ReductionMethods {
    private ReductionMethods() {}

    /** Number of the worker whose stream this is, decimal. */
    public static final Metadata.Key<String> WORKER =
            Metadata.Key.of("syncbn-worker", Metadata.ASCII_STRING_MARSHALLER);

    /** Generation in which the stream was opened, decimal. */
    public static final Metadata.Key<String> GENERATION =
            Metadata.Key.of("syncbn-generation", Metadata.ASCII_STRING_MARSHALLER);

    private static final FrameMarshaller MARSHALLER = new FrameMarshaller();

    /** Everything small: moments, commits, evaluations, data statistics. */
    public static final MethodDescriptor<DataFrame, DataFrame> MOMENTS = framed(ReductionGrpc.getMomentsMethod());

    /** Bulk. */
    public static final MethodDescriptor<DataFrame, DataFrame> GRADIENTS = framed(ReductionGrpc.getGradientsMethod());

    /** The gRPC method of a stream. */
    public static MethodDescriptor<DataFrame, DataFrame> of(StreamKind stream) {
        return switch (stream) {
            case MOMENTS -> MOMENTS;
            case GRADIENTS -> GRADIENTS;
        };
    }

    private static MethodDescriptor<DataFrame, DataFrame> framed(MethodDescriptor<Frame, Frame> method) {
        return method.toBuilder(MARSHALLER, MARSHALLER).build();
    }
}
