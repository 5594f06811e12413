package io.syncbn.worker.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG and PNG. Grey becomes red = green = blue, transparency and colour profiles are left out, 16 bits become 8.
 * Damage that the decoder would paint over, such as a JPEG's missing end, is an error.
 */
final class PictureDecoder {
    /** 8192 × 8192: small files can announce pictures that exhaust memory. */
    private static final long MAX_PIXELS = 1 << 26;

    private PictureDecoder() {}

    /** @param name of the file, for messages */
    static Picture decode(String name, byte[] file) {
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(name + ": is not a picture; expected JPEG or PNG");
            }
            ImageReader reader = readers.next();
            try {
                return decode(name, reader, in);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // Decoders throw unchecked exceptions of all kinds at damaged files.
            throw e instanceof DataException known ? known : corrupt(name, e.getMessage(), e);
        }
    }

    private static Picture decode(String name, ImageReader reader, MemoryCacheImageInputStream in) throws IOException {
        String[] damage = new String[1];
        reader.setInput(in, true, true);
        reader.addIIOReadWarningListener((source, warning) -> {
            if (isDamage(warning)) {
                damage[0] = warning;
            }
        });
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
            throw new DataException(name + ": has " + pixels + " pixels, more than " + MAX_PIXELS);
        }
        BufferedImage image = reader.read(0);
        if (damage[0] != null) {
            throw corrupt(name, damage[0], null);
        }
        return new Picture(image.getHeight(), image.getWidth(), rgb(image));
    }

    /** libjpeg's words and javax.imageio's. Bytes that are too many between two parts are common and harmless. */
    private static boolean isDamage(String warning) {
        return warning.startsWith("Truncated File")
                || warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous");
    }

    private static DataException corrupt(String name, String fault, Exception cause) {
        return new DataException(name + ": corrupt picture: " + fault, cause);
    }

    /**
     * Takes the samples as they are stored, except where they are indices: AWT's conversion to RGB would change grey
     * values, because it takes them for linear light.
     */
    private static byte[] rgb(BufferedImage image) {
        Raster raster = image.getRaster();
        int type = raster.getTransferType();
        boolean indexed = image.getColorModel() instanceof IndexColorModel;
        if (indexed || type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT) {
            return fromPackedRgb(image);
        }
        int bands = raster.getNumBands();
        boolean isGrey = bands < 3;
        int shift = type == DataBuffer.TYPE_USHORT ? 8 : 0;
        int[] samples = raster.getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
        byte[] rgb = new byte[image.getWidth() * image.getHeight() * Picture.CHANNELS];
        for (int i = 0; i < rgb.length; i++) {
            int band = isGrey ? 0 : i % Picture.CHANNELS;
            rgb[i] = (byte) (samples[i / Picture.CHANNELS * bands + band] >> shift);
        }
        return rgb;
    }

    private static byte[] fromPackedRgb(BufferedImage image) {
        int[] packed = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        byte[] rgb = new byte[packed.length * Picture.CHANNELS];
        for (int i = 0; i < packed.length; i++) {
            rgb[3 * i] = (byte) (packed[i] >> 16);
            rgb[3 * i + 1] = (byte) (packed[i] >> 8);
            rgb[3 * i + 2] = (byte) packed[i];
        }
        return rgb;
    }
}
