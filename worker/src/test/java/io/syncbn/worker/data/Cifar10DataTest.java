package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.worker.nn.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10DataTest {
    private static final int RECORD = 3073;

    @TempDir
    Path directory;

    @BeforeEach
    void writeFiles() {
        writeTo(directory);
    }

    @Test
    void readsRowsAcrossFilesWithChannelsLast() {
        try (Dataset data = TestFiles.open("cifar10", directory)) {
            assertThat(data.shape()).isEqualTo(new Shape(32, 32, 3));
            assertThat(data.classes()).isEqualTo(10);
            assertThat(data.classNames())
                    .startsWith("airplane", "automobile", "bird")
                    .endsWith("ship", "truck");
            assertThat(data.storedScale()).isEqualTo(255);
            assertThat(data.train().size()).isEqualTo(10);
            assertThat(data.test().size()).isEqualTo(2);
            float[] values = new float[3072];
            for (int row = 0; row < 10; row++) {
                assertThat(data.train().label(row)).isEqualTo(row);
                data.train().read(row, values, 0);
                assertThat(Arrays.copyOf(values, 4))
                        .containsExactly(row / 255f, (row + 100) / 255f, (row + 200) / 255f, row / 255f);
            }
        }
    }

    @Test
    void findsTheArchivesOwnFolderAndHasTheSameDigest(@TempDir Path outer) {
        writeTo(outer.resolve("cifar-10-batches-bin"));
        try (Dataset inner = TestFiles.open("cifar10", outer);
                Dataset flat = TestFiles.open("cifar10", directory)) {
            assertThat(inner.digest()).isEqualTo(flat.digest());
        }
    }

    @Test
    void digestChangesWithOnePixel() {
        String before = digest();
        byte[] content = records(8, 2);
        content[2 * RECORD - 1]++;
        TestFiles.write(directory.resolve("data_batch_5.bin"), content);
        assertThat(digest()).isNotEqualTo(before);
    }

    @Test
    void namesFileAndFault() throws IOException {
        fails("data_batch_2.bin", Arrays.copyOf(records(0, 2), 2 * RECORD - 1), "has 6145 bytes", "multiple of 3073");
        fails("data_batch_2.bin", new byte[0], "has 0 bytes");
        byte[] wrongLabel = records(0, 2);
        wrongLabel[RECORD] = 10;
        fails("test_batch.bin", wrongLabel, "row 1 has label 10", "expected 0 to 9");
        Files.delete(directory.resolve("data_batch_3.bin"));
        assertThatThrownBy(() -> TestFiles.open("cifar10", directory))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("has no data_batch_3.bin", "expected data_batch_1.bin, data_batch_2.bin");
    }

    private void fails(String file, byte[] content, String... words) throws IOException {
        byte[] good = Files.readAllBytes(directory.resolve(file));
        TestFiles.write(directory.resolve(file), content);
        assertThatThrownBy(() -> TestFiles.open("cifar10", directory))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(directory.resolve(file).toString())
                .hasMessageContainingAll(words);
        TestFiles.write(directory.resolve(file), good);
    }

    private String digest() {
        try (Dataset data = TestFiles.open("cifar10", directory)) {
            return data.digest();
        }
    }

    private static void writeTo(Path directory) {
        for (int file = 1; file <= 5; file++) {
            TestFiles.write(directory.resolve("data_batch_" + file + ".bin"), records(2 * (file - 1), 2));
        }
        TestFiles.write(directory.resolve("test_batch.bin"), records(3, 2));
    }

    /** Rows with ascending labels, whose red is the label, green 100 and blue 200 more. */
    private static byte[] records(int firstLabel, int count) {
        byte[] bytes = new byte[count * RECORD];
        for (int i = 0; i < bytes.length; i++) {
            int label = firstLabel + i / RECORD;
            int inRecord = i % RECORD;
            bytes[i] = (byte) (inRecord == 0 ? label : label + (inRecord - 1) / 1024 * 100);
        }
        return bytes;
    }
}
