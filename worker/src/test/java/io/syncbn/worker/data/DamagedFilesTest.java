package io.syncbn.worker.data;

import io.syncbn.worker.Mutations;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file holds, data is read or refused with a message: no other exception leaves a reader. */
class DamagedFilesTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"ycbcr.jpg", "ycbcr-progressive.jpg", "ycck.jpg", "cmyk-profile.jpg"})
    void jpegs(String name) throws IOException {
        byte[] whole = JpegColoursTest.resource(name);
        Mutations.read(whole, 700, DataException.class, damaged -> PictureDecoder.decode(name, damaged)
                .scaledTo(4, 4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp"})
    void otherPictures(String format) {
        byte[] whole = TestFiles.picture(format, BufferedImage.TYPE_BYTE_INDEXED, 9, 9, 0xFF3366CC);
        PictureMemory memory = new PictureMemory(1 << 20);
        Mutations.read(
                whole,
                1000,
                DataException.class,
                damaged -> PictureDecoder.decode(format, damaged, memory, picture -> picture.scaledTo(4, 4)));
    }

    @Test
    void zips() {
        byte[] red = TestFiles.picture("png", BufferedImage.TYPE_INT_RGB, 4, 4, 0xFFFF0000);
        Map<String, byte[]> files = new TreeMap<>(Map.of("train/a/1.png", red, "train/b/1.png", red));
        files.put("test/caf\u00e9/1.png", red);
        files.put("train/caf\u00e9/1.png", red);
        byte[] whole = TestFiles.bytes(TestFiles.zip(directory.resolve("whole.zip"), files));
        Path zip = directory.resolve("damaged.zip");
        Mutations.read(whole, 2000, DataException.class, damaged -> {
            TestFiles.write(zip, damaged);
            readAll("imagefolder", zip);
        });
    }

    @Test
    void mnist() {
        TestFiles.write(directory.resolve("train-labels-idx1-ubyte"), TestFiles.idx(0x801, new int[] {2}, new byte[2]));
        TestFiles.write(directory.resolve("t10k-labels-idx1-ubyte"), TestFiles.idx(0x801, new int[] {1}, new byte[1]));
        byte[] pictures = TestFiles.idx(0x803, new int[] {2, 2, 2}, new byte[8]);
        byte[] test = TestFiles.idx(0x803, new int[] {1, 2, 2}, new byte[4]);
        TestFiles.write(directory.resolve("t10k-images-idx3-ubyte"), test);
        for (byte[] whole : Arrays.asList(pictures, TestFiles.gzip(pictures))) {
            Mutations.read(whole, 1000, DataException.class, damaged -> {
                TestFiles.write(directory.resolve("train-images-idx3-ubyte"), damaged);
                readAll("mnist", directory);
            });
        }
    }

    private static void readAll(String kind, Path path) {
        try (Dataset data = TestFiles.open(kind, path)) {
            float[] values = new float[data.shape().size()];
            for (int row = 0; row < data.train().size(); row++) {
                data.train().read(row, values, 0);
            }
        }
    }
}
