package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.nn.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MnistDataTest {
    private static final String PICTURES = "train-images-idx3-ubyte";
    private static final String LABELS = "train-labels-idx1-ubyte";

    @TempDir
    Path directory;

    @Test
    void readsPlainAndGzippedFilesAlike() {
        writeAll(directory.resolve("plain"), false);
        writeAll(directory.resolve("gzipped"), true);
        Dataset plain = TestFiles.open("mnist", directory.resolve("plain"));
        Dataset gzipped = TestFiles.open("mnist", directory.resolve("gzipped"));

        assertThat(plain.shape()).isEqualTo(new Shape(2, 2, 1));
        assertThat(plain.classes()).isEqualTo(10);
        assertThat(plain.classNames()).startsWith("0", "1").endsWith("9");
        assertThat(plain.storedScale()).isEqualTo(255);
        assertThat(plain.train().size()).isEqualTo(3);
        assertThat(plain.test().size()).isEqualTo(1);
        assertThat(gzipped.train().label(2)).isEqualTo(9);
        float[] values = new float[6];
        gzipped.train().read(1, values, 1);
        assertThat(values).containsExactly(0, 4 / 255f, 5 / 255f, 6 / 255f, 1, 0);
        assertThat(gzipped.digest()).isEqualTo(plain.digest());
    }

    /** As archives spell the names, and as browsers unpack a file without renaming it. */
    @Test
    void readsNamesWithADotAndGzippedFilesUnderAnyName() throws IOException {
        writeAll(directory.resolve("dashes"), false);
        writeAll(directory.resolve("gzipped"), true);
        for (String part : List.of("train-images", "train-labels", "t10k-images", "t10k-labels")) {
            String end = part.endsWith("images") ? "idx3-ubyte" : "idx1-ubyte";
            Path from = directory.resolve(part.startsWith("t10k") ? "gzipped" : "dashes");
            Path file = from.resolve(part + "-" + end + (part.startsWith("t10k") ? ".gz" : ""));
            TestFiles.write(directory.resolve("dots").resolve(part + "." + end), Files.readAllBytes(file));
        }
        assertThat(TestFiles.open("mnist", directory.resolve("dots")).digest())
                .isEqualTo(TestFiles.open("mnist", directory.resolve("dashes")).digest());
    }

    @Test
    void digestChangesWithOnePixel() throws IOException {
        writeAll(directory, false);
        String before = TestFiles.open("mnist", directory).digest();
        byte[] pictures = Files.readAllBytes(directory.resolve(PICTURES));
        pictures[pictures.length - 1]++;
        Files.write(directory.resolve(PICTURES), pictures);
        assertThat(TestFiles.open("mnist", directory).digest()).isNotEqualTo(before);
    }

    record Fault(String file, byte[] content, List<String> words) {
        @Override
        public String toString() {
            return words.toString();
        }
    }

    static List<Fault> faults() {
        byte[] whole = pictures(3);
        return List.of(
                new Fault(PICTURES, labels(0, 1, 2), List.of("0x00000801", "expected 0x00000803")),
                new Fault(PICTURES, new byte[] {0, 0}, List.of("no magic number", "expected 0x00000803")),
                new Fault(PICTURES, Arrays.copyOf(whole, 10), List.of("inside its header")),
                new Fault(PICTURES, Arrays.copyOf(whole, 27), List.of("holds 11 bytes", "expected 12 (3 x 2 x 2)")),
                new Fault(PICTURES, Arrays.copyOf(whole, 29), List.of("goes on after the 12 bytes")),
                new Fault(
                        PICTURES,
                        TestFiles.idx(0x803, new int[] {1 << 30, 1 << 30, 28}, new byte[9]),
                        List.of("dimension 1", "less than 2 GiB")),
                new Fault(
                        PICTURES,
                        TestFiles.idx(0x803, new int[] {0, 2, 2}, new byte[0]),
                        List.of("dimension 0 is 0", "at least 1")),
                new Fault(PICTURES, pictures(2), List.of(LABELS, "holds 3 labels", "expected 2")),
                new Fault(LABELS, labels(3, 10, 2), List.of("row 1 has label 10", "expected 0 to 9")),
                new Fault(LABELS, labels(3, 1, 200), List.of("row 2 has label 200")),
                new Fault(
                        "t10k-images-idx3-ubyte",
                        TestFiles.idx(0x803, new int[] {1, 1, 4}, new byte[4]),
                        List.of("test pictures are 1x4x1", "expected 2x2x1")),
                new Fault("t10k-labels-idx1-ubyte", null, List.of("neither t10k-labels-idx1-ubyte nor")));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void namesFileAndFault(Fault fault) throws IOException {
        writeAll(directory, false);
        if (fault.content == null) {
            Files.delete(directory.resolve(fault.file));
        } else {
            TestFiles.write(directory.resolve(fault.file), fault.content);
        }
        assertThatThrownBy(() -> TestFiles.open("mnist", directory))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContainingAll(fault.words.toArray(String[]::new));
    }

    @Test
    void namesABrokenGzip() {
        writeAll(directory, true);
        byte[] gzipped = TestFiles.gzip(pictures(3));
        TestFiles.write(directory.resolve(PICTURES + ".gz"), Arrays.copyOf(gzipped, gzipped.length - 12));
        assertThatThrownBy(() -> TestFiles.open("mnist", directory))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(PICTURES + ".gz");
    }

    @Test
    void refusesWhatIsNoDirectory() {
        TestFiles.write(directory.resolve("file"), new byte[1]);
        assertThatThrownBy(() -> TestFiles.open("mnist", directory.resolve("file")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("read from a directory");
        assertThatThrownBy(() -> TestFiles.open("mnist", directory.resolve("absent")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no such file or directory");
        assertThatThrownBy(() -> TestFiles.open("mnist", directory, 32))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("--image-size");
    }

    private static void writeAll(Path directory, boolean gzipped) {
        write(directory, PICTURES, pictures(3), gzipped);
        write(directory, LABELS, labels(0, 7, 9), gzipped);
        write(directory, "t10k-images-idx3-ubyte", pictures(1), gzipped);
        write(directory, "t10k-labels-idx1-ubyte", labels(4), gzipped);
    }

    private static void write(Path directory, String name, byte[] content, boolean gzipped) {
        TestFiles.write(directory.resolve(gzipped ? name + ".gz" : name), gzipped ? TestFiles.gzip(content) : content);
    }

    /** Of 2 × 2; row 1 is 4, 5, 6, 255, all others 0. */
    private static byte[] pictures(int count) {
        byte[] pixels = new byte[4 * count];
        if (count > 1) {
            System.arraycopy(new byte[] {4, 5, 6, -1}, 0, pixels, 4, 4);
        }
        return TestFiles.idx(0x803, new int[] {count, 2, 2}, pixels);
    }

    private static byte[] labels(int... labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        return TestFiles.idx(0x801, new int[] {labels.length}, bytes);
    }
}
