package io.syncbn.deploy.benchmarks;

import io.grpc.Drainable;
import io.grpc.MethodDescriptor.Marshaller;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import io.syncbn.proto.wire.ReductionMethods;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Frames as they go on the wire and come off it. */
@State(Scope.Thread)
public class Framing {
    /** The moments of a layer of 64 channels, and a chunk of the gradient. */
    @Param({"129 float64", "65536 float32"})
    public String payload;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);
    private Marshaller<DataFrame> marshaller;
    private FrameHeader header;
    private Payload values;
    private DataFrame frame;
    private byte[] encoded;

    @Setup
    public void setUp() throws IOException {
        int length = Integer.parseInt(payload.substring(0, payload.indexOf(' ')));
        boolean isChunk = payload.endsWith("float32");
        SumKind kind = isChunk ? SumKind.GRADIENTS : SumKind.MOMENTS_FORWARD;
        marshaller = (isChunk ? ReductionMethods.GRADIENTS : ReductionMethods.MOMENTS).getRequestMarshaller();
        header = new FrameHeader(1, 1234, kind, 5, 0, new Node(0, 1), isChunk ? 9 : 1);
        values = Payload.zeros(kind, length);
        frame = DataFrame.of(header, values);
        encoded = write().toByteArray();
    }

    /** Makes a frame of numbers: its bytes, and the checksum over header and payload. */
    @Benchmark
    public DataFrame encode() {
        return DataFrame.of(header, values);
    }

    /** Hands an encoded frame to a stream, as happens once for each worker that gets it. */
    @Benchmark
    public ByteArrayOutputStream write() throws IOException {
        out.reset();
        ((Drainable) marshaller.stream(frame)).drainTo(out);
        return out;
    }

    /** Checks the checksum too. */
    @Benchmark
    public DataFrame decode() {
        return marshaller.parse(new ByteArrayInputStream(encoded));
    }
}
