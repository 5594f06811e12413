package io.syncbn.worker.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG and PNG. Grey becomes red = green = blue, CMYK becomes RGB; transparency, colour profiles and Exif's
 * orientation are ignored, 16 bits become 8. Damage that the decoder would paint over, such as a JPEG's missing end, is
 * an error.
 */
final class PictureDecoder {
    /** 8192 × 8192: more than any picture to train with. */
    private static final long MAX_PIXELS = 1 << 26;

    /** TIFF has more variants than can be told apart here; the other formats of javax.imageio are for printed pages. */
    private static final Set<String> FORMATS = Set.of("jpeg", "png", "gif", "bmp");

    private PictureDecoder() {}

    /** @param name of the file, for messages */
    static Picture decode(String name, byte[] file) {
        return decode(name, file, PictureMemory.ofHeap(), picture -> picture);
    }

    /**
     * Decodes a picture and makes something of it, within a limit on memory.
     *
     * @param name of the file, for messages
     * @param use what the picture is for; it is not kept
     */
    static <T> T decode(String name, byte[] file, PictureMemory memory, Function<Picture, T> use) {
        boolean isJpeg = JpegColours.isJpeg(file);
        if (PngChunks.isPng(file)) {
            PngChunks.requireWhole(name, file);
        }
        JpegColours colours = isJpeg ? JpegColours.of(name, file) : null;
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(name + ": is not a picture; expected JPEG or PNG");
            }
            ImageReader reader = readers.next();
            try {
                String format = reader.getFormatName().toLowerCase(Locale.ROOT);
                if (!FORMATS.contains(format)) {
                    throw new DataException(name + ": is a picture of type " + format + "; expected JPEG or PNG");
                }
                reader.setInput(in, true, true);
                return decode(name, reader, colours, memory, use);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // Decoders throw unchecked exceptions of all kinds at damaged files.
            throw e instanceof DataException known
                    ? known
                    : corrupt(name, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
        }
    }

    private static <T> T decode(
            String name, ImageReader reader, JpegColours colours, PictureMemory memory, Function<Picture, T> use)
            throws IOException {
        int height = reader.getHeight(0);
        int width = reader.getWidth(0);
        if ((long) height * width > MAX_PIXELS) {
            throw new DataException(name + ": has " + (long) height * width + " pixels, more than " + MAX_PIXELS);
        }
        String[] damage = new String[1];
        reader.addIIOReadWarningListener((source, warning) -> {
            if (isDamage(warning)) {
                damage[0] = warning;
            }
        });
        int bytesPerPixel = Picture.CHANNELS + (colours == null ? storedBytes(reader) : colours.components());
        try (PictureMemory.Share share = memory.take(name, height, width, bytesPerPixel)) {
            Picture picture = colours == null
                    ? picture(name, reader.read(0))
                    : new Picture(height, width, rgb(colours, reader.readRaster(0, null)));
            if (damage[0] != null) {
                throw corrupt(name, damage[0], null);
            }
            return use.apply(picture);
        }
    }

    /** How many bytes a pixel has while it is read. */
    private static int storedBytes(ImageReader reader) throws IOException {
        ImageTypeSpecifier type = reader.getImageTypes(0).next();
        int bits = 0;
        for (int band = 0; band < type.getNumBands(); band++) {
            bits += type.getBitsPerBand(band);
        }
        return Math.max(1, bits / Byte.SIZE);
    }

    /**
     * Recognizes warnings of libjpeg and javax.imageio. Extraneous bytes between two segments are common and harmless.
     */
    private static boolean isDamage(String warning) {
        return warning.startsWith("Truncated File")
                || warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous");
    }

    private static DataException corrupt(String name, String fault, Exception cause) {
        return new DataException(name + ": corrupt picture: " + fault, cause);
    }

    private static byte[] rgb(JpegColours colours, Raster raster) {
        int width = raster.getWidth();
        if (raster.getNumBands() != colours.components() || raster.getTransferType() != DataBuffer.TYPE_BYTE) {
            throw new IllegalArgumentException(raster.getNumBands() + " samples a pixel, not " + colours.components());
        }
        byte[] rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
        byte[] row = new byte[width * colours.components()];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getDataElements(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            colours.toRgb(row, width, rgb, y * width * Picture.CHANNELS);
        }
        return rgb;
    }

    /**
     * Takes the samples as they are stored, except where they are indices: AWT's conversion to RGB would change grey
     * values, because it takes them for linear light.
     */
    private static Picture picture(String name, BufferedImage image) {
        int space = image.getColorModel().getColorSpace().getType();
        if (space != ColorSpace.TYPE_RGB && space != ColorSpace.TYPE_GRAY) {
            throw new DataException(name + ": has colours that are neither red, green and blue nor grey");
        }
        int height = image.getHeight();
        int width = image.getWidth();
        boolean indexed = image.getColorModel() instanceof IndexColorModel;
        byte[] rgb = new byte[width * height * Picture.CHANNELS];
        for (int y = 0; y < height; y++) {
            if (indexed) {
                indexedRow(image, y, rgb);
            } else {
                storedRow(image.getRaster(), y, rgb);
            }
        }
        return new Picture(height, width, rgb);
    }

    private static void storedRow(Raster raster, int y, byte[] rgb) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        boolean isGrey = bands < Picture.CHANNELS;
        int[] bits = raster.getSampleModel().getSampleSize();
        int[] samples = raster.getPixels(0, y, width, 1, (int[]) null);
        int to = y * width * Picture.CHANNELS;
        for (int i = 0; i < width * Picture.CHANNELS; i++) {
            int band = isGrey ? 0 : i % Picture.CHANNELS;
            rgb[to + i] = (byte) toEightBits(samples[i / Picture.CHANNELS * bands + band], bits[band]);
        }
    }

    /** Takes the upper half of 16 bits; spreads fewer than 8, as in a BMP's packed pixels, over the whole range. */
    private static int toEightBits(int sample, int bits) {
        return bits >= Byte.SIZE ? sample >> (bits - Byte.SIZE) : sample * 0xFF / Math.max(1, (1 << bits) - 1);
    }

    private static void indexedRow(BufferedImage image, int y, byte[] rgb) {
        int[] packed = image.getRGB(0, y, image.getWidth(), 1, null, 0, image.getWidth());
        int to = y * packed.length * Picture.CHANNELS;
        for (int pixel : packed) {
            rgb[to++] = (byte) (pixel >> 16);
            rgb[to++] = (byte) (pixel >> 8);
            rgb[to++] = (byte) pixel;
        }
    }
}
