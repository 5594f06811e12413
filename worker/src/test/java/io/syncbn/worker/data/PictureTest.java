package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {

    @Test
    void scalesLikeItsDefinition() {
        long seed = 7;
        Random random = new Random(seed);
        for (int trial = 0; trial < 30; trial++) {
            byte[] rgb = new byte[(1 + random.nextInt(9)) * 5 * 3];
            random.nextBytes(rgb);
            Picture picture = new Picture(rgb.length / 15, 5, rgb);
            int height = 1 + random.nextInt(12);
            int width = 1 + random.nextInt(12);
            Picture scaled = picture.scaledTo(height, width);
            for (int i = 0; i < scaled.rgb().length; i++) {
                double expected = triangleMean(picture, height, width, i / 3 / width, i / 3 % width, i % 3);
                assertThat((double) (scaled.rgb()[i] & 0xFF))
                        .as("seed %d, trial %d, number %d", seed, trial, i)
                        .isBetween(expected - 0.5001, expected + 0.5001);
            }
        }
    }

    /** One number of a scaled picture: all old numbers, weighted by their distance in both directions. */
    private static double triangleMean(Picture from, int height, int width, int y, int x, int channel) {
        double sum = 0;
        double weights = 0;
        for (int oldY = 0; oldY < from.height(); oldY++) {
            for (int oldX = 0; oldX < from.width(); oldX++) {
                double weight = triangle(y, oldY, (double) from.height() / height)
                        * triangle(x, oldX, (double) from.width() / width);
                sum += weight * (from.rgb()[(oldY * from.width() + oldX) * 3 + channel] & 0xFF);
                weights += weight;
            }
        }
        return sum / weights;
    }

    private static double triangle(int to, int from, double step) {
        double distance = Math.abs((to + 0.5) * step - (from + 0.5));
        return Math.max(0, 1 - distance / Math.max(1, step));
    }

    @Test
    void keepsGreyValuesAsTheyAreStored() {
        BufferedImage grey = new BufferedImage(1, 2, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setPixels(0, 0, 1, 2, new int[] {100, 200});
        Picture picture = PictureDecoder.decode("grey.png", TestFiles.encode("png", grey));
        assertThat(picture.rgb()).containsExactly(100, 100, 100, 200, 200, 200);
        assertThat(picture.height()).isEqualTo(2);
    }

    @Test
    void keepsTheUpperHalfOfSixteenBits() {
        BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        grey.getRaster().setPixels(0, 0, 1, 1, new int[] {0x1234});
        assertThat(PictureDecoder.decode("grey.png", TestFiles.encode("png", grey))
                        .rgb())
                .containsExactly(0x12, 0x12, 0x12);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void readsColoursOfEveryLayout(int type) {
        byte[] file = TestFiles.picture("png", type, 1, 2, 0xFF3366CC);
        assertThat(PictureDecoder.decode("colour.png", file).rgb()).containsExactly(0, 0, 0, 0x33, 0x66, (byte) 0xCC);
    }

    /** As Pillow reads them. */
    @Test
    void spreadsTheFewBitsOfAPackedBmp() {
        int[] pixels = {0, 0x7BEF, 0xFFFF, 0x1234, 0x5A5A, 0x0841};
        assertThat(PictureDecoder.decode("565.png", bmp(new int[] {0xF800, 0x7E0, 0x1F}, pixels))
                        .rgb())
                .asHexString()
                .isEqualTo("0000007B7D7BFFFFFF1044A45A48D5080808");
        String of555 = "000000F6FF7BFFFFFF208BA4B494D5101008";
        assertThat(PictureDecoder.decode("555.bmp", bmp(new int[] {0x7C00, 0x3E0, 0x1F}, pixels))
                        .rgb())
                .asHexString()
                .isEqualTo(of555);
        assertThat(PictureDecoder.decode("555.bmp", bmp(new int[0], pixels)).rgb())
                .asHexString()
                .isEqualTo(of555);
    }

    /** A BMP of one row with 16 bits a pixel; without masks it has 5 bits a colour. */
    private static byte[] bmp(int[] masks, int[] pixels) {
        int start = 14 + 40 + masks.length * Integer.BYTES;
        int rowBytes = (pixels.length * Short.BYTES + 3) / 4 * 4;
        ByteBuffer file = ByteBuffer.allocate(start + rowBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(start);
        file.putInt(40).putInt(pixels.length).putInt(1).putShort((short) 1).putShort((short) 16);
        file.putInt(masks.length == 0 ? 0 : 3).putInt(rowBytes).putLong(0).putLong(0);
        for (int mask : masks) {
            file.putInt(mask);
        }
        for (int pixel : pixels) {
            file.putShort((short) pixel);
        }
        return file.array();
    }

    @Test
    void aPictureThatIsTooLargeForTheHeapIsRefusedBeforeItIsDecoded() {
        byte[] file = TestFiles.picture("png", BufferedImage.TYPE_INT_RGB, 100, 100, -1);
        PictureMemory memory = new PictureMemory(50 * 1024);
        assertThatThrownBy(() -> PictureDecoder.decode("large.png", file, memory, picture -> picture))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("large.png: is 100 x 100 pixels", "a quarter of its heap", "-Xmx");
        byte[] small = TestFiles.picture("png", BufferedImage.TYPE_INT_RGB, 90, 90, -1);
        for (int i = 0; i < 3; i++) {
            assertThat(PictureDecoder.decode("small.png", small, memory, Picture::height))
                    .isEqualTo(90);
        }
    }

    @Test
    void scalesALongThinPictureWithoutASecondOne() {
        Picture picture = new Picture(1 << 22, 1, new byte[3 << 22]);
        assertThat(picture.scaledTo(2, 300).rgb()).containsOnly(0).hasSize(1800);
    }

    @Test
    void aChunkThatIsLongerThanTheFileIsFoundBeforeRoomIsMadeForIt() {
        byte[] file = TestFiles.picture("png", BufferedImage.TYPE_INT_RGB, 2, 2, -1);
        file[33] = 0x7F;
        assertThatThrownBy(() -> PictureDecoder.decode("bomb.png", file))
                .isInstanceOf(DataException.class)
                .hasMessage("bomb.png: corrupt picture: a chunk goes on behind the file's end");
    }

    @Test
    void namesFormatsThatAreNotRead() {
        byte[] file = TestFiles.picture("tiff", BufferedImage.TYPE_INT_RGB, 2, 2, -1);
        assertThatThrownBy(() -> PictureDecoder.decode("a.jpg", file))
                .isInstanceOf(DataException.class)
                .hasMessage("a.jpg: is a picture of type tif; expected JPEG or PNG");
    }

    @Test
    void refusesPicturesThatWouldExhaustMemory() {
        byte[] file = TestFiles.picture("png", BufferedImage.TYPE_INT_RGB, 2, 2, -1);
        byte[] header = Arrays.copyOf(file, file.length);
        header[16 + 1] = 1;
        header[20 + 1] = 1;
        assertThatThrownBy(() -> PictureDecoder.decode("bomb.png", header))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("bomb.png", "more than 67108864");
    }
}
