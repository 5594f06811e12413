package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Zips as other programs pack them. */
class ImageFolderZipTest {
    @TempDir
    Path directory;

    @Test
    void readsNamesInAZipThatAreNotUtf8() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("train/c\u00e9t/1.png", ImageFolderDataTest.RED);
        files.put("test/c\u00e9t/1.png", ImageFolderDataTest.RED);
        Path cp437 = TestFiles.zip(directory.resolve("cp437.zip"), files, Charset.forName("IBM437"));
        Path utf8 = TestFiles.zip(directory.resolve("utf8.zip"), files);
        try (Dataset one = TestFiles.open("imagefolder", cp437);
                Dataset other = TestFiles.open("imagefolder", utf8)) {
            assertThat(one.digest()).isEqualTo(other.digest());
        }
    }

    /** Only the mark of these methods; what is packed is plain. */
    @ParameterizedTest
    @CsvSource({"14,method 14 (LZMA)", "98,method 98 (PPMD)", "77,method 77"})
    void namesMethodsOfPackingThatCannotBeRead(int method, String name) {
        Path marked = marked(method);
        assertThatThrownBy(() -> TestFiles.open("imagefolder", marked))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("marked.zip: train/a cat/9.png", name, "make", "anew", "plain deflate");
    }

    /** Windows packs with it above 2 GiB; what deflate packs is the same in it, as long as nothing repeats far behind. */
    @Test
    void readsDeflate64() {
        try (Dataset data = TestFiles.open("imagefolder", marked(9))) {
            float[] values = new float[48];
            data.train().read(0, values, 0);
            assertThat(Arrays.copyOf(values, 6)).containsExactly(0, 0, 0, 1, 0, 0);
        }
    }

    /** A zip whose files claim to be packed by another method. */
    private Path marked(int method) {
        byte[] zip = TestFiles.bytes(TestFiles.zip(directory.resolve("data.zip"), ImageFolderDataTest.files()));
        for (int at = 0; at < zip.length - 4; at++) {
            boolean isMark = zip[at] == 'P' && zip[at + 1] == 'K';
            if (isMark && zip[at + 2] == 3 && zip[at + 3] == 4) {
                zip[at + 8] = (byte) method;
            } else if (isMark && zip[at + 2] == 1 && zip[at + 3] == 2) {
                zip[at + 10] = (byte) method;
            }
        }
        Path marked = directory.resolve("marked.zip");
        TestFiles.write(marked, zip);
        return marked;
    }
}
