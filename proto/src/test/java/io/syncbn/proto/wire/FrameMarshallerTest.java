package io.syncbn.proto.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Frame;
import io.syncbn.proto.v1.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameMarshallerTest {
    private static final FrameHeader MOMENTS =
            new FrameHeader(7, 412, SumKind.MOMENTS_FORWARD, 3, 2, new Node(1, 5), 1);

    private final FrameMarshaller marshaller = new FrameMarshaller();

    @Test
    void writesTheBytesOfTheGeneratedMessage() throws IOException {
        for (DataFrame frame : frames()) {
            assertThat(drained(frame))
                    .as("%s", frame.header())
                    .isEqualTo(generated(frame).toByteArray());
        }
    }

    @Test
    void readsWhatTheGeneratedMessageWrites() {
        for (DataFrame frame : frames()) {
            DataFrame read = parse(generated(frame).toByteArray());
            assertThat(read.header()).isEqualTo(frame.header());
            assertThat(read.checksum()).isEqualTo(frame.checksum());
            assertThat(bits(read.payload())).isEqualTo(bits(frame.payload()));
        }
    }

    @Test
    void theStreamKnowsItsLengthHoweverItIsRead() throws IOException {
        for (DataFrame frame : frames()) {
            byte[] expected = generated(frame).toByteArray();
            InputStream drained = marshaller.stream(frame);
            assertThat(drained).isInstanceOf(KnownLength.class).isInstanceOf(Drainable.class);
            assertThat(drained.available()).isEqualTo(expected.length);
            assertThat(((Drainable) drained).drainTo(new ByteArrayOutputStream()))
                    .isEqualTo(expected.length);
            assertThat(drained.available()).isZero();
            assertThat(drained.read()).isEqualTo(-1);

            InputStream read = marshaller.stream(frame);
            assertThat(read.read()).isEqualTo(expected[0]);
            assertThat(read.available()).isEqualTo(expected.length - 1);
            assertThat(read.readAllBytes()).isEqualTo(Arrays.copyOfRange(expected, 1, expected.length));
        }
    }

    @Test
    void aChunkIsSentFromWhereItLies() throws IOException {
        FrameHeader header = new FrameHeader(7, 412, SumKind.GRADIENTS, 1, 0, new Node(0, 2), 3);
        Chunk chunk = new Chunk(new float[] {1, 2, 3, 4, 5}, 2, 2);
        DataFrame whole = DataFrame.of(header, new float[] {3, 4});
        DataFrame frame = DataFrame.of(header, new Payload.Float32(chunk));
        assertThat(drained(frame)).isEqualTo(drained(whole));
    }

    /** A gradient is sent from where the shard goes on to compute in its next step. */
    @Test
    void aFrameHasTheNumbersThatWereThereWhenItWasMade() throws IOException {
        FrameHeader header = new FrameHeader(7, 412, SumKind.GRADIENTS, 1, 0, new Node(0, 2), 3);
        float[] gradient = {1, 2, 3, 4, 5};
        DataFrame frame = DataFrame.of(header, new Payload.Float32(new Chunk(gradient, 2, 2)));
        gradient[2] = 77;
        assertThat(drained(frame)).isEqualTo(drained(DataFrame.of(header, new float[] {3, 4})));
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        DataFrame frame = DataFrame.of(MOMENTS, new double[] {1.5, -2.5, 1e300});
        byte[] good = drained(frame);
        for (int at = 0; at < good.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = good.clone();
                damaged[at] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> parse(damaged))
                        .as("byte %d, bit %d", at, bit)
                        .isInstanceOf(StatusRuntimeException.class);
            }
        }
    }

    @Test
    void aDamagedPayloadIsNamedWithBothChecksums() throws IOException {
        DataFrame frame = DataFrame.of(MOMENTS, new double[] {1, 2, 3});
        byte[] damaged = drained(frame);
        damaged[damaged.length - 1] ^= 1;
        assertThatThrownBy(() -> parse(damaged))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageMatching("DATA_LOSS: step 412, MOMENTS_FORWARD 3 \\(generation 7\\): "
                        + "checksum 0x[0-9a-f]{8}, computed 0x[0-9a-f]{8}")
                .hasMessageContaining(String.format(Locale.ROOT, "checksum 0x%08x", frame.checksum()));
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        byte[] good = drained(DataFrame.of(MOMENTS, new double[] {1, 2, 3}));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> parse(cut)).as("%d bytes", length).isInstanceOf(StatusRuntimeException.class);
        }
        assertThatThrownBy(() -> parse(Arrays.copyOf(good, good.length - 5)))
                .hasMessage("DATA_LOSS: step 412, MOMENTS_FORWARD 3 (generation 7): payload of 19 bytes, expected 24");
    }

    @Test
    void unknownFieldsOfEveryWireTypeArePassedOver() throws IOException {
        DataFrame frame = DataFrame.of(MOMENTS, new double[] {4, 5});
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(drained(frame));
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeUInt64(11, -1);
        out.writeFixed32(12, 1);
        out.writeFixed64(13, 1);
        out.writeByteArray(1000, new byte[300]);
        out.flush();
        assertThat(parse(bytes.toByteArray()).doubles()).containsExactly(4, 5);
    }

    @Test
    void whatIsNoFrameIsRefusedInWords() {
        Frame good = generated(DataFrame.of(MOMENTS, new double[] {1}));
        assertRefused(
                good.toBuilder().setKindValue(99).build(), "kind 99 3 (generation 7): there is no such kind of sum");
        assertRefused(good.toBuilder().setKindValue(0).build(), "there is no such kind of sum");
        assertRefused(good.toBuilder().setLevel(31).build(), "no node at level 31, position 5");
        assertRefused(good.toBuilder().setIndex(-1).build(), "index 4294967295, expected at most 2147483647");
        assertRefused(
                good.toBuilder().setPayload(good.getPayload().substring(1)).build(),
                "payload of 7 bytes, expected a multiple of 8 up to " + Protocol.MAX_MESSAGE_BYTES);
        assertThat(refusal(new byte[] {0x0b}).getStatus().getDescription()).endsWith("there is no wire type 3");
        assertThat(refusal(new byte[] {0}).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aLengthThatNobodyCouldHaveSentAllocatesNothing() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeUInt64(FrameField.KIND, Kind.GRADIENTS_VALUE);
        out.writeTag(FrameField.PAYLOAD, 2);
        out.writeUInt64NoTag(1L << 40);
        out.flush();
        assertThat(refusal(bytes.toByteArray()).getStatus().getDescription())
                .contains("payload of 1099511627776 bytes");
    }

    @Test
    void aFrameHoldsTheNumbersOfItsKind() {
        assertThatThrownBy(() -> DataFrame.of(MOMENTS, new float[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MOMENTS_FORWARD 3");
    }

    private void assertRefused(Frame frame, String words) {
        StatusRuntimeException refusal = refusal(frame.toByteArray());
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal.getStatus().getDescription())
                .startsWith("step 412, ")
                .contains(words);
    }

    private StatusRuntimeException refusal(byte[] bytes) {
        try {
            throw new AssertionError("accepted " + parse(bytes).header());
        } catch (StatusRuntimeException refused) {
            return refused;
        }
    }

    private DataFrame parse(byte[] bytes) {
        return marshaller.parse(new ByteArrayInputStream(bytes));
    }

    private byte[] drained(DataFrame frame) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ((Drainable) marshaller.stream(frame)).drainTo(bytes);
        return bytes.toByteArray();
    }

    /** Of every kind and of lengths around the edges of a block, zero and the largest numbers among them. */
    private static List<DataFrame> frames() {
        Random random = new Random(1);
        return List.of(
                DataFrame.of(MOMENTS, random.doubles(33).toArray()),
                DataFrame.of(MOMENTS, new double[] {Double.NaN, -0.0, Double.MIN_VALUE, Double.NEGATIVE_INFINITY}),
                DataFrame.of(MOMENTS, random.doubles(1023).toArray()),
                DataFrame.of(MOMENTS, random.doubles(1024).toArray()),
                DataFrame.of(MOMENTS, random.doubles(1025).toArray()),
                DataFrame.of(new FrameHeader(1, 1, SumKind.MOMENTS_BACKWARD, 0, 0, new Node(0, 0), 1), new double[0]),
                DataFrame.of(new FrameHeader(0, 0, SumKind.DATA_STATISTICS, 0, 0, new Node(0, 0), 0), new double[] {1}),
                DataFrame.of(
                        new FrameHeader(
                                Long.MAX_VALUE,
                                Long.MAX_VALUE,
                                SumKind.EVALUATION,
                                Integer.MAX_VALUE,
                                Integer.MAX_VALUE,
                                new Node(30, Integer.MAX_VALUE),
                                Integer.MAX_VALUE),
                        new double[] {2}),
                DataFrame.of(gradients(0), floats(random, 65536)),
                DataFrame.of(gradients(1), floats(random, 2047)),
                DataFrame.of(gradients(2), floats(random, 2049)),
                DataFrame.of(gradients(3), new float[0]));
    }

    private static FrameHeader gradients(int chunk) {
        return new FrameHeader(3, 20, SumKind.GRADIENTS, chunk, 0, new Node(2, 1), 4);
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static Frame generated(DataFrame frame) {
        FrameHeader header = frame.header();
        return Frame.newBuilder()
                .setGeneration(header.generation())
                .setStep(header.step())
                .setKind(Kind.valueOf(header.kind().name()))
                .setIndex(header.index())
                .setGroup(header.group())
                .setLevel(header.node().level())
                .setPosition(header.node().position())
                .setOf(header.of())
                .setCrc32C(frame.checksum())
                .setPayload(com.google.protobuf.ByteString.copyFrom(bits(frame.payload())))
                .build();
    }

    /** The payload's bytes, one number at a time. */
    private static byte[] bits(Payload payload) {
        ByteBuffer bytes = ByteBuffer.allocate(payload.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        if (payload instanceof Payload.Float32 floats) {
            for (float value : floats.values()) {
                bytes.putFloat(value);
            }
        } else if (payload instanceof Payload.Float64 doubles) {
            for (double value : doubles.values()) {
                bytes.putDouble(value);
            }
        }
        return bytes.array();
    }
}
