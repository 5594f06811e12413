package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.Mutations;
import io.syncbn.worker.nn.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyDataTest {
    private static final byte[] LABELS = {0, 2, 1};

    @TempDir
    Path directory;

    @BeforeEach
    void writeFiles() {
        write("x_train.npy", TestFiles.npy(1, "<f4", "False", "(3, 2)", TestFiles.floats(1, 2, 3, 4, 5, 6)));
        write("y_train.npy", TestFiles.npy(1, "|u1", "False", "(3,)", LABELS));
        write("x_test.npy", TestFiles.npy(1, "<f4", "False", "(1, 2)", TestFiles.floats(7, 8)));
        write("y_test.npy", TestFiles.npy(1, "|u1", "False", "(1,)", new byte[] {2}));
    }

    @Test
    void readsFeatures() {
        try (Dataset data = open()) {
            assertThat(data.shape()).isEqualTo(Shape.flat(2));
            assertThat(data.classes()).isEqualTo(3);
            assertThat(data.classNames()).containsExactly("0", "1", "2");
            assertThat(data.storedScale()).isEqualTo(1);
            assertThat(data.train().size()).isEqualTo(3);
            float[] values = new float[3];
            data.train().read(1, values, 1);
            assertThat(values).containsExactly(0, 3, 4);
            data.test().read(0, values, 0);
            assertThat(values).startsWith(7, 8);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void readsPicturesOfEveryVersionWithChannelsLast(int version) {
        byte[] pixels = {0, 1, 2, 3, 10, 11, 12, 13};
        write("x_train.npy", TestFiles.npy(version, "|u1", "False", "(1, 2, 2, 2)", pixels));
        write("y_train.npy", TestFiles.npy(version, "|u1", "False", "(1,)", new byte[] {2}));
        write("x_test.npy", TestFiles.npy(version, "|u1", "False", "(1, 2, 2, 2)", pixels));
        try (Dataset data = open()) {
            assertThat(data.shape()).isEqualTo(new Shape(2, 2, 2));
            assertThat(data.storedScale()).isEqualTo(255);
            float[] values = new float[8];
            data.train().read(0, values, 0);
            assertThat(values)
                    .containsExactly(0, 10 / 255f, 1 / 255f, 11 / 255f, 2 / 255f, 12 / 255f, 3 / 255f, 13 / 255f);
        }
    }

    @ParameterizedTest
    @CsvSource({"|i1,1", "|u1,1", "<i2,2", "<u2,2", "<i4,4", "<u4,4", "<i8,8", "<u8,8"})
    void readsLabelsOfEveryWidth(String type, int width) {
        write("y_train.npy", TestFiles.npy(1, type, "False", "(3,)", integers(width, 0, 2, 1)));
        try (Dataset data = open()) {
            assertThat(data.train().label(1)).isEqualTo(2);
            assertThat(data.classes()).isEqualTo(3);
        }
    }

    /** What NumPy 2 reads as uint8, 3 x 2, and what other writers made of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<u1', 'fortran_order': False, 'shape': (3, 2), }",
                "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2)}",
                "{'descr': '>u1', 'fortran_order': False, 'shape': (3L, 2L), }",
                "{\"shape\": (3,2),\n \"fortran_order\":False,\t\"descr\":\"uint8\"}\n\n",
                "  { 'fortran_order' : False , 'descr' : 'B' , 'shape' : ( 3 , 2 , ) , }",
                "{u'descr': u'u1', u'fortran_order': False, u'shape': (3, 2)}"
            })
    void readsHeadersAsNumPyDoes(String header) {
        write("x_train.npy", TestFiles.npy(header, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255}));
        write("x_test.npy", TestFiles.npy(1, "|u1", "False", "(1, 2)", new byte[2]));
        try (Dataset data = open()) {
            float[] values = new float[2];
            data.train().read(2, values, 0);
            assertThat(values).containsExactly(204 / 255f, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'fortran_order': Falsch, 'shape': (3, 2)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': [3, 2]}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'more': 1}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)} + 1",
                "{'descr': [('a', '<f4'), ('b', '<f4'), 'fortran_order': False, 'shape': (3,)}"
            })
    void refusesWhatNumPyRefuses(String header) {
        write("x_train.npy", TestFiles.npy(header, TestFiles.floats(1, 2, 3, 4, 5, 6)));
        assertThatThrownBy(this::open)
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("has the header", "expected descr, fortran_order and shape");
    }

    @Test
    void readsBigEndianNumbersAndColumnsOfLabels() {
        byte[] swapped = new byte[24];
        ByteBuffer.wrap(swapped)
                .putFloat(1)
                .putFloat(2)
                .putFloat(3)
                .putFloat(4)
                .putFloat(5)
                .putFloat(6);
        write("x_train.npy", TestFiles.npy(1, ">f4", "False", "(3, 2)", swapped));
        write("x_test.npy", TestFiles.npy(1, ">f4", "False", "(1, 2)", Arrays.copyOf(swapped, 8)));
        write("y_train.npy", TestFiles.npy(1, ">i2", "True", "(3, 1)", new byte[] {0, 0, 0, 2, 0, 1}));
        try (Dataset data = open()) {
            float[] values = new float[2];
            data.train().read(2, values, 0);
            assertThat(values).containsExactly(5, 6);
            assertThat(data.train().label(1)).isEqualTo(2);
        }
    }

    @Test
    void anyDamagedFileIsReadOrRefused() {
        byte[] whole = TestFiles.npy(1, "<f4", "False", "(3, 2)", TestFiles.floats(1, 2, 3, 4, 5, 6));
        byte[] labels = TestFiles.npy(2, "<i2", "False", "(3,)", integers(2, 0, 2, 1));
        Mutations.read(whole, 2000, DataException.class, damaged -> readAll("x_train.npy", damaged));
        write("x_train.npy", whole);
        Mutations.read(labels, 2000, DataException.class, damaged -> readAll("y_train.npy", damaged));
    }

    private void readAll(String file, byte[] content) {
        write(file, content);
        try (Dataset data = open()) {
            float[] values = new float[data.shape().size()];
            for (int row = 0; row < data.train().size(); row++) {
                data.train().read(row, values, 0);
            }
        }
    }

    record Fault(String file, byte[] content, List<String> words) {
        @Override
        public String toString() {
            return words.toString();
        }
    }

    static List<Fault> faults() {
        byte[] six = TestFiles.floats(1, 2, 3, 4, 5, 6);
        byte[] good = TestFiles.npy(1, "<f4", "False", "(3, 2)", six);
        return List.of(
                new Fault("x_train.npy", null, List.of("has no x_train.npy", "x_test.npy and y_test.npy")),
                new Fault("x_train.npy", "hello, world".getBytes(), List.of("no .npy file", "NUMPY")),
                new Fault("x_train.npy", Arrays.copyOf(good, 20), List.of("ends too early")),
                new Fault("x_train.npy", Arrays.copyOf(good, good.length - 1), List.of("bytes, expected", "[3, 2]")),
                new Fault("x_train.npy", Arrays.copyOf(good, good.length + 1), List.of("bytes, expected", "[3, 2]")),
                x(TestFiles.npy(4, "<f4", "False", "(3, 2)", six), "format version 4", "expected 1, 2 or 3"),
                x(TestFiles.npy(1, "<f4", "True", "(3, 2)", six), "Fortran order"),
                x(TestFiles.npy(1, "|O", "False", "(3, 2)", six), "type |O", "astype"),
                x(TestFiles.npy(1, "<f8", "False", "(3, 1)", six), "type <f8", "float32 or uint8"),
                x(TestFiles.npy(1, "<i4", "False", "(3, 2)", six), "type <i4", "expected <f4 (float32) or |u1"),
                x(TestFiles.npy(1, "<f4", "False", "(3, 2, 1)", six), "shape [3, 2, 1]", "N x C x H x W", "x[:, None]"),
                x(TestFiles.npy(1, "<f4", "False", "()", six), "a single number"),
                x(TestFiles.npy(1, "<f4", "False", "(0, 2)", new byte[0]), "shape (0,2)", "holds nothing"),
                x(TestFiles.npy(1, "<f4", "False", "(9999999999, 2)", six), "9999999999", "below 2^31"),
                x(TestFiles.npy(1, "<f4", "False", "(2000000000, 2000000000, 9, 9)", six), "impossible shape"),
                x(TestFiles.npy(1, "<f4", "False", "(3, -2)", six), "impossible shape (3,-2)"),
                x(TestFiles.npy(1, "<f4", "False", "3, 2", six), "shape of plain numbers"),
                x(TestFiles.npy(1, "<f4", "False", "(2, 3)", six), "type <f4", "expected [3]"),
                x(TestFiles.npy(1, "|u1", "False", "(3, 2)", new byte[6]), "expected [2], type |u1"),
                y(TestFiles.npy(1, "<f4", "False", "(3,)", TestFiles.floats(1, 2, 3)), "expected N integers"),
                y(TestFiles.npy(1, "|u1", "False", "(3, 2)", new byte[6]), "shape [3, 2]", "argmax(1)"),
                y(TestFiles.npy(1, "|u1", "False", "(2,)", new byte[2]), "holds 2 labels, expected 3"),
                y(TestFiles.npy(1, "<i2", "False", "(3,)", integers(2, 0, 1, -1)), "row 2 has label -1"),
                y(TestFiles.npy(1, "<i8", "False", "(3,)", integers(8, 0, 1L << 40, 0)), "label 1099511627776"),
                new Fault(
                        "y_test.npy",
                        TestFiles.npy(1, "|u1", "False", "(1,)", new byte[] {3}),
                        List.of("row 0 has label 3", "expected 0 to 2 (3 classes)")));
    }

    private static Fault x(byte[] content, String... words) {
        return new Fault("x_train.npy", content, List.of(words));
    }

    private static Fault y(byte[] content, String... words) {
        return new Fault("y_train.npy", content, List.of(words));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void namesFileAndFault(Fault fault) throws IOException {
        if (fault.content == null) {
            Files.delete(directory.resolve(fault.file));
        } else {
            write(fault.file, fault.content);
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContainingAll(fault.words.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void namesTheRowOfANumberThatIsNone(float fault) {
        write("x_train.npy", TestFiles.npy(1, "<f4", "False", "(3, 2)", TestFiles.floats(1, 2, 3, fault, 5, 6)));
        try (Dataset data = open()) {
            assertThatThrownBy(() -> data.train().read(1, new float[2], 0))
                    .isInstanceOf(DataException.class)
                    .hasMessageContainingAll("x_train.npy", "row 1 holds " + fault);
        }
    }

    @Test
    void digestIsOfContentNotOfPlace(@TempDir Path elsewhere) throws IOException {
        for (String name : List.of("x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy")) {
            Files.copy(directory.resolve(name), elsewhere.resolve(name));
        }
        String digest = digest(directory);
        assertThat(digest(elsewhere)).isEqualTo(digest).hasSize(64);
        write("y_test.npy", TestFiles.npy(1, "|u1", "False", "(1,)", new byte[] {1}));
        assertThat(digest(directory)).isNotEqualTo(digest);
        write("x_test.npy", TestFiles.npy(1, "<f4", "False", "(1, 2)", TestFiles.floats(7, 9)));
        assertThat(digest(directory)).isNotEqualTo(digest);
    }

    private static String digest(Path directory) {
        try (Dataset data = TestFiles.open("npy", directory)) {
            return data.digest();
        }
    }

    private Dataset open() {
        return TestFiles.open("npy", directory);
    }

    private void write(String name, byte[] content) {
        TestFiles.write(directory.resolve(name), content);
    }

    private static byte[] integers(int width, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            // Little-endian: the low bytes come first, and the next number overwrites the high ones.
            bytes.position(0);
            byte[] eight = new byte[8];
            ByteBuffer.wrap(eight).order(ByteOrder.LITTLE_ENDIAN).putLong(values[i]);
            bytes.position(i * width);
            bytes.put(eight, 0, width);
        }
        return Arrays.copyOf(bytes.array(), width * values.length);
    }
}
