package io.syncbn.worker.data;

import java.util.Set;

/**
 * The colour space of a JPEG's samples. The format itself does not define it; JFIF and Adobe markers do, and without
 * them everybody follows libjpeg's guesses, Pillow included. javax.imageio guesses differently, and differently from
 * one version of Java to the next, so its conversions are not used.
 */
enum JpegColours {
    GREY(1),
    RGB(3),
    YCBCR(3),
    CMYK(4),
    YCCK(4);

    private static final int START_OF_IMAGE = 0xD8;
    private static final int START_OF_SCAN = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP14 = 0xEE;
    /** Baseline, extended sequential, progressive; all with Huffman codes. */
    private static final Set<Integer> FRAMES = Set.of(0xC0, 0xC1, 0xC2);
    /** Between C0 and CF, but no frames: tables of Huffman codes, extensions, arithmetic conditioning. */
    private static final Set<Integer> TABLES = Set.of(0xC4, 0xC8, 0xCC);

    private final int components;

    JpegColours(int components) {
        this.components = components;
    }

    /** How many samples a pixel has. */
    int components() {
        return components;
    }

    static boolean isJpeg(byte[] file) {
        return file.length > 2 && (file[0] & 0xFF) == 0xFF && (file[1] & 0xFF) == START_OF_IMAGE;
    }

    /**
     * Reads the markers of a file up to its first scan.
     *
     * @param name of the file, for messages
     */
    static JpegColours of(String name, byte[] file) {
        return new Markers(name, file).read();
    }

    /** One walk over the segments before the pixels. */
    private static final class Markers {
        private final String name;
        private final byte[] file;
        private boolean isJfif;
        private int adobeTransform = -1;
        private String components = "";

        Markers(String name, byte[] file) {
            this.name = name;
            this.file = file;
        }

        JpegColours read() {
            int at = 2;
            while (true) {
                while (unsigned(at) != 0xFF || unsigned(at + 1) == 0xFF || unsigned(at + 1) == 0) {
                    at++;
                }
                int marker = unsigned(at + 1);
                at += 2;
                if (marker == START_OF_SCAN) {
                    return colours();
                }
                if (marker >= 0xD0 && marker <= 0xD9 || marker == 1) {
                    continue;
                }
                int length = unsigned(at) << 8 | unsigned(at + 1);
                read(marker, at + 2, Math.max(0, length - 2));
                at += Math.max(2, length);
            }
        }

        private void read(int marker, int at, int length) {
            if (marker == APP0 && length >= 14 && holds(at, "JFIF\0")) {
                isJfif = true;
            } else if (marker == APP14 && length >= 12 && holds(at, "Adobe")) {
                adobeTransform = unsigned(at + 11);
            } else if (marker >= 0xC0 && marker <= 0xCF && !TABLES.contains(marker)) {
                if (!FRAMES.contains(marker) || unsigned(at) != 8) {
                    throw new DataException(name + ": is a JPEG with " + unsigned(at) + " bits a sample, coded as 0x"
                            + Integer.toHexString(marker) + "; expected 8 bits, baseline or progressive");
                }
                StringBuilder ids = new StringBuilder();
                for (int i = 0; i < unsigned(at + 5); i++) {
                    ids.append((char) unsigned(at + 6 + 3 * i));
                }
                components = ids.toString();
            }
        }

        /** As {@code default_decompress_parms} of libjpeg decides. */
        private JpegColours colours() {
            return switch (components.length()) {
                case 1 -> GREY;
                case 3 -> {
                    boolean isRgb = adobeTransform < 0 ? components.equals("RGB") : adobeTransform == 0;
                    yield isRgb && !isJfif ? RGB : YCBCR;
                }
                case 4 -> adobeTransform <= 0 ? CMYK : YCCK;
                default ->
                    throw new DataException(name + ": is a JPEG with " + components.length()
                            + " components, expected 1 (grey), 3 (colour) or 4 (print)");
            };
        }

        private boolean holds(int at, String text) {
            for (int i = 0; i < text.length(); i++) {
                if (unsigned(at + i) != text.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        private int unsigned(int at) {
            if (at >= file.length) {
                throw new DataException(name + ": corrupt picture: ends before its pixels");
            }
            return file[at] & 0xFF;
        }
    }

    /**
     * Turns pixels into red, green and blue.
     *
     * @param samples of a row of pixels, one pixel after the other
     */
    void toRgb(byte[] samples, int pixels, byte[] rgb, int offset) {
        for (int p = 0; p < pixels; p++) {
            int from = p * components;
            int to = offset + p * Picture.CHANNELS;
            switch (this) {
                case GREY -> {
                    rgb[to] = samples[from];
                    rgb[to + 1] = samples[from];
                    rgb[to + 2] = samples[from];
                }
                case RGB -> System.arraycopy(samples, from, rgb, to, Picture.CHANNELS);
                case YCBCR -> fromYcc(samples, from, rgb, to);
                case CMYK -> fromInks(samples, from, samples[from + 3] & 0xFF, rgb, to);
                case YCCK -> {
                    fromYcc(samples, from, rgb, to);
                    for (int i = 0; i < Picture.CHANNELS; i++) {
                        rgb[to + i] = (byte) (255 - (rgb[to + i] & 0xFF));
                    }
                    fromInks(rgb, to, samples[from + 3] & 0xFF, rgb, to);
                }
            }
        }
    }

    /** Libjpeg's conversion, bit for bit: fixed point with 16 fractional bits. */
    private static void fromYcc(byte[] ycc, int from, byte[] rgb, int to) {
        int y = ycc[from] & 0xFF;
        int cb = (ycc[from + 1] & 0xFF) - 128;
        int cr = (ycc[from + 2] & 0xFF) - 128;
        rgb[to] = clamp(y + (91881 * cr + 32768 >> 16));
        rgb[to + 1] = clamp(y + (-22554 * cb - 46802 * cr + 32768 >> 16));
        rgb[to + 2] = clamp(y + (116130 * cb + 32768 >> 16));
    }

    private static byte clamp(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }

    /**
     * Inks are stored inverted, as Adobe does: 255 is none. Red is the stored cyan times the stored black / 255, and so
     * on. Printer profiles are ignored, as in Pillow, whose rounding this is.
     */
    private static void fromInks(byte[] inks, int from, int black, byte[] rgb, int to) {
        for (int i = 0; i < Picture.CHANNELS; i++) {
            int product = (255 - (inks[from + i] & 0xFF)) * black + 128;
            rgb[to + i] = (byte) (black - ((product >> 8) + product >> 8));
        }
    }
}
