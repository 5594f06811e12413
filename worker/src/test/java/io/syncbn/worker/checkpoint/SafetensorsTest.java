package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    /** What safetensors 0.8.0 for Python wrote for the tensors of {@link #reference()}. */
    private static final byte[] REFERENCE = file(
            424,
            "{\"__metadata__\":{\"format\":\"pt\"},"
                    + "\"bn1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                    + "\"z.double\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]},"
                    + "\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[16,32]},"
                    + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[32,32]},"
                    + "\"h.half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[32,38]},"
                    + "\"a.mask\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[38,41]}}       ",
            "0700000000000000" + "9a9999999999b93f" + "0000c03f000000c0000000000000807f" + "003c00b8ff7b" + "010001");

    private static final String ONE = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    private static byte[] file(long headerBytes, String header, String data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        byte[] elements = HexFormat.of().parseHex(data);
        return ByteBuffer.allocate(Long.BYTES + json.length + elements.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes)
                .put(json)
                .put(elements)
                .array();
    }

    private static byte[] file(String header, String data) {
        return file(header.getBytes(StandardCharsets.UTF_8).length, header, data);
    }

    private static StoredTensor tensor(String name, ElementType type, List<Integer> dimensions, String data) {
        return new StoredTensor(
                new TensorSpec(name, type, dimensions),
                ByteBuffer.wrap(HexFormat.of().parseHex(data)));
    }

    private static List<StoredTensor> reference() {
        return List.of(
                StoredTensor.ofFloats(
                        "conv1.weight", List.of(2, 2), new float[] {1.5f, -2, 0, Float.POSITIVE_INFINITY}),
                StoredTensor.ofLong("bn1.num_batches_tracked", 7),
                tensor("a.mask", ElementType.BOOL, List.of(3), "010001"),
                tensor("z.double", ElementType.F64, List.of(1), "9a9999999999b93f"),
                tensor("h.half", ElementType.F16, List.of(3), "003c00b8ff7b"),
                StoredTensor.ofFloats("empty", List.of(0, 3), new float[0]));
    }

    @Test
    void writesTheBytesOfTheReferenceImplementation() {
        assertThat(Safetensors.encode(reference(), Map.of("format", "pt"))).isEqualTo(REFERENCE);
    }

    @Test
    void readsWhatTheReferenceImplementationWrote() {
        Safetensors read = Safetensors.decode("file", REFERENCE);
        assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(read.tensors().keySet())
                .containsExactly("a.mask", "bn1.num_batches_tracked", "conv1.weight", "empty", "h.half", "z.double");
        assertThat(read.tensors().values()).containsExactlyInAnyOrderElementsOf(reference());
        assertThat(read.tensors().get("conv1.weight").floats()).containsExactly(1.5f, -2, 0, Float.POSITIVE_INFINITY);
        assertThat(read.tensors().get("h.half").floats()).containsExactly(1, -0.5f, 65504);
        assertThat(read.tensors().get("z.double").floats()).containsExactly(0.1f);
        assertThat(read.tensors().get("empty").floats()).isEmpty();
        assertThat(read.tensors().get("bn1.num_batches_tracked").integer()).isEqualTo(7);
    }

    @Test
    void keepsRandomTensors() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            List<StoredTensor> tensors = random.ints(random.nextInt(9), 0, 5)
                    .boxed()
                    .distinct()
                    .map(n -> {
                        ElementType type = ElementType.values()[random.nextInt(ElementType.values().length)];
                        byte[] bytes = new byte[n * 3 * type.bytes()];
                        random.nextBytes(bytes);
                        return new StoredTensor(
                                new TensorSpec("naïve \"" + n, type, List.of(n, 3)), ByteBuffer.wrap(bytes));
                    })
                    .toList();
            byte[] encoded = Safetensors.encode(tensors, Map.of());
            Safetensors read = Safetensors.decode("file", encoded);
            assertThat(read.tensors().values())
                    .as("seed %d, case %d", seed, i)
                    .containsExactlyInAnyOrderElementsOf(tensors);
            assertThat(read.metadata()).isEmpty();
            assertThat(ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8)
                    .isZero();
        }
    }

    @Test
    void readsAHeaderWithoutFilling() {
        assertThat(Safetensors.decode("file", file(ONE, "0000803f00000040"))
                        .tensors()
                        .get("a")
                        .floats())
                .containsExactly(1, 2);
        assertThat(Safetensors.decode("file", file("{}", "")).tensors()).isEmpty();
    }

    @Test
    void refusesToWriteTwoTensorsOfOneName() {
        StoredTensor tensor = StoredTensor.ofLong("a", 1);
        assertThatThrownBy(() -> Safetensors.encode(List.of(tensor, tensor), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a");
    }

    private static void assertFault(byte[] content, String message) {
        assertThatThrownBy(() -> Safetensors.decode("m.safetensors", content))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("m.safetensors: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                                              | JSON object as header",
                "{\"a\":                                                         | expected a header in JSON",
                "{} {}                                                           | expected a header in JSON",
                "{\"a\":5}                                                       | tensor a: expected dtype, shape and",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}                       | tensor a: expected dtype, shape and",
                "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}| found \"F31\"",
                "{\"a\":{\"dtype\":1,\"shape\":[2],\"data_offsets\":[0,8]}}      | expected a dtype of [BOOL, U8,",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}  | expected an array as shape, found 2",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | whole numbers from 0 to 2147483647",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}| as shape, found [2.0]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}  | [begin, end], found [0]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}| [begin, end], found [8, 0]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}| expected 12 bytes for F32 [3], found data_offsets over 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}| expected its data to begin at 0, where",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}| expected 4 bytes of data after the header, found 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}| found 8; the file was cut off",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[2147483647,2147483647,9],\"data_offsets\":[0,8]}}| larger than any file",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}| Duplicate",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}| tensor b: expected its data to begin at 8",
                "{\"__metadata__\":[]}                                           | __metadata__: expected a JSON object",
                "{\"__metadata__\":{\"a\":1}}                                    | __metadata__, a: expected text, found 1",
            })
    void refusesAHeaderThatDoesNotFit(String header, String message) {
        assertFault(file(header, "0000803f00000040"), message);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 100_000_001, Long.MAX_VALUE})
    void refusesAHeadersLengthOutsideTheLimits(long headerBytes) {
        assertFault(
                file(headerBytes, ONE, "0000803f00000040"), "found a length of " + Long.toUnsignedString(headerBytes));
    }

    @Test
    void refusesOtherFiles() {
        assertFault(new byte[0], "which has 8 bytes at least, found 0");
        assertFault("PK\3\4torch.save".getBytes(StandardCharsets.ISO_8859_1), "found a zip file");
        byte[] notUtf8 = file(ONE, "0000803f00000040");
        notUtf8[10] = (byte) 0xFF;
        assertFault(notUtf8, "expected a header in UTF-8");
    }

    @Test
    void refusesEveryCutAndEveryTrailingByte() {
        for (int length = 0; length < REFERENCE.length; length++) {
            assertFault(Arrays.copyOf(REFERENCE, length), "expected");
        }
        assertFault(Arrays.copyOf(REFERENCE, REFERENCE.length + 1), "found 42");
    }

    /** The format cannot notice a changed element or name; whatever it does notice must be told in our words. */
    @Test
    void neverFailsInAnotherWay() {
        int refused = 0;
        for (int i = 0; i < REFERENCE.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = REFERENCE.clone();
                changed[i] ^= (byte) (1 << bit);
                try {
                    Safetensors.decode("file", changed);
                } catch (CheckpointException e) {
                    assertThat(e).hasMessageStartingWith("file: ");
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(8 * 200);
    }
}
