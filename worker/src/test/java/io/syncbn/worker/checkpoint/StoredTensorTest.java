package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredTensorTest {

    private static StoredTensor one(ElementType type, String hex) {
        return new StoredTensor(
                new TensorSpec("t", type, List.of(1)),
                ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    @ParameterizedTest
    @CsvSource({
        "0000, 0",
        "0080, -0.0",
        "003c, 1",
        "00c0, -2",
        "ff7b, 65504",
        "5535, 0.333251953125",
        "0004, 0x1p-14",
        "ff03, 0x1.ff8p-15",
        "0100, 0x1p-24",
        "0180, -0x1p-24",
        "007c, Infinity",
        "00fc, -Infinity",
        "017e, NaN",
    })
    void convertsHalfPrecision(String hex, String value) {
        assertThat(one(ElementType.F16, hex).floats()).containsExactly(Float.parseFloat(value));
    }

    /** As for all IEEE formats, the order of the bits without the sign is the order of the magnitudes. */
    @Test
    void convertsHalfPrecisionInOrder() {
        for (int half = 1; half <= 0x7C00; half++) {
            float value = StoredTensor.halfToFloat((short) half);
            assertThat(value).isGreaterThan(StoredTensor.halfToFloat((short) (half - 1)));
            assertThat(StoredTensor.halfToFloat((short) (half | 0x8000))).isEqualTo(-value);
        }
    }

    @Test
    void convertsOtherFloats() {
        assertThat(one(ElementType.BF16, "c03f").floats()).containsExactly(1.5f);
        assertThat(one(ElementType.BF16, "80ff").floats()).containsExactly(Float.NEGATIVE_INFINITY);
        assertThat(one(ElementType.F64, "182d4454fb210940").floats()).containsExactly((float) Math.PI);
        assertThat(one(ElementType.F32, "db0f4940").floats()).containsExactly((float) Math.PI);
    }

    @Test
    void hasAsManyElementsAsItsDimensionsSay() {
        StoredTensor tensor = StoredTensor.ofFloats("t", List.of(2, 1), new float[] {2, 3});
        assertThat(tensor.floats()).containsExactly(2, 3);
        assertThat(tensor.spec().form()).isEqualTo("F32 [2, 1]");
        assertThatThrownBy(() -> StoredTensor.ofFloats("t", List.of(2, 1), new float[3]))
                .hasMessage("t F32 [2, 1] takes 8 bytes, not 12");
    }

    @Test
    void refusesToReadOneKindAsAnother() {
        assertThatThrownBy(() -> one(ElementType.I32, "01000000").floats()).hasMessage("t holds I32, not floats");
        assertThatThrownBy(() -> one(ElementType.F64, "0000000000000000").integer())
                .hasMessage("t is F64 [1], not one I64");
        assertThatThrownBy(() -> one(ElementType.F32, "0000")).hasMessage("t F32 [1] takes 4 bytes, not 2");
    }
}
