package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JpegColoursTest {

    /** Pictures that Pillow 12 wrote, some with other markers; beside each, what Pillow's convert("RGB") makes of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "grey",
                "ycbcr",
                "ycbcr-444",
                "ycbcr-no-marker",
                "ycbcr-adobe",
                "ycbcr-profile",
                "ycbcr-progressive",
                "ycbcr-turned",
                "rgb",
                "rgb-adobe",
                "cmyk",
                "cmyk-no-marker",
                "cmyk-profile",
                "cmyk-progressive",
                "ycck"
            })
    void decodesLikePillow(String name) throws IOException {
        Picture picture = PictureDecoder.decode(name, resource(name + ".jpg"));
        byte[] expected = resource(name + ".rgb");
        assertThat(picture.height()).isEqualTo(16);
        assertThat(picture.width()).isEqualTo(24);
        assertThat(picture.rgb()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(picture.rgb()[i] & 0xFF)
                    .as("number %d", i)
                    .isBetween((expected[i] & 0xFF) - 1, (expected[i] & 0xFF) + 1);
        }
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = JpegColoursTest.class.getResourceAsStream("pictures/" + name)) {
            return in.readAllBytes();
        }
    }

    /** Of ordinary files, javax.imageio's conversion is the same, bit by bit. */
    @Test
    void convertsAsLibjpegDoes() throws IOException {
        long seed = 5;
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 64 * 48; p++) {
            image.setRGB(p % 64, p / 64, random.nextInt());
        }
        byte[] file = TestFiles.encode("jpg", image);
        BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(file));
        byte[] rgb = PictureDecoder.decode("random.jpg", file).rgb();
        for (int p = 0; p < 64 * 48; p++) {
            int packed = (rgb[3 * p] & 0xFF) << 16 | (rgb[3 * p + 1] & 0xFF) << 8 | rgb[3 * p + 2] & 0xFF;
            assertThat(packed).as("pixel %d", p).isEqualTo(decoded.getRGB(p % 64, p / 64) & 0xFFFFFF);
        }
    }

    @Test
    void namesKindsThatAreNotRead() throws IOException {
        byte[] file = resource("ycbcr.jpg");
        int frame = frame(file);
        byte[] arithmetic = file.clone();
        arithmetic[frame + 1] = (byte) 0xC9;
        assertThatThrownBy(() -> PictureDecoder.decode("a.jpg", arithmetic))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("a.jpg", "0xc9", "baseline or progressive");
        byte[] deep = file.clone();
        deep[frame + 4] = 12;
        assertThatThrownBy(() -> PictureDecoder.decode("a.jpg", deep))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("a.jpg", "12 bits");
    }

    private static int frame(byte[] file) {
        for (int at = 0; at < file.length; at++) {
            if ((file[at] & 0xFF) == 0xFF && (file[at + 1] & 0xFF) == 0xC0) {
                return at;
            }
        }
        throw new AssertionError("no frame");
    }
}
