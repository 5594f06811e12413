package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;

/**
 * Paints one picture of the built-in data, in any size: the scene lies on a canvas of 32 × 32 units, of which a picture of
 * N × N pixels shows all. At its own size of 32 a unit is a pixel. What varies, each uniformly and independently of the
 * class:
 *
 * <ul>
 *   <li>the background: red, green and blue from 0 to 0.6 each, and a gradient in any direction that changes them by up
 *       to 0.15 to either side;
 *   <li>clutter, behind the shape: 1 to 4 discs with radii of 0.8 to 2 units, of any colour, anywhere;
 *   <li>the shape: radius of its circle 7 to 12 units; any place where the circle is wholly visible; any rotation; red,
 *       green and blue from 0.4 to 1 each, at a distance of at least 0.45 from the background's;
 *   <li>noise: up to 0.08 to either side on every number, whatever the size.
 * </ul>
 *
 * Shapes are the brighter part on the whole, though not in every channel: when either may be brighter, a ResNet-20 spends
 * many epochs on finding out that the outline is what counts.
 *
 * <p>Edges are smoothed by 3 × 3 samples a pixel. Bits do not depend on the machine: arithmetic, square roots and
 * {@link StrictMath} only.
 */
final class ShapePainter {
    /** Height and width at which a unit of the canvas is a pixel. */
    static final int OWN_SIZE = 32;
    /** Below, a pixel is wider than the gaps that tell some shapes from others. */
    static final int LEAST_SIZE = 8;

    private static final long SEED = 0;
    private static final int CANVAS = OWN_SIZE;
    private static final int CHANNELS = 3;
    private static final int SAMPLES = 3;
    private static final double LEAST_CONTRAST = 0.45;
    private static final double NOISE = 0.08;

    private final CounterRandom random;
    private final int size;
    /** Units of the canvas in a pixel, along one axis. */
    private final double pixelWidth;

    private final double[] picture;

    /** @param size height and width of the picture; the scene is the same for every size */
    ShapePainter(int part, int row, int size) {
        random = new CounterRandom(SEED, Purpose.SHAPES, part, row, 0);
        this.size = size;
        pixelWidth = (double) CANVAS / size;
        picture = new double[shape(size).size()];
    }

    static Shape shape(int size) {
        return new Shape(size, size, CHANNELS);
    }

    byte[] paint(ShapeKind kind) {
        double[] background = colour(0, 0.6);
        fillGradient(background);
        int discs = 1 + random.nextInt(4);
        for (int i = 0; i < discs; i++) {
            fill(ShapeKind.DISC, uniform(0, CANVAS), uniform(0, CANVAS), uniform(0.8, 2) / 0.85, 0, colour(0, 1));
        }
        double[] foreground = colour(0.4, 1);
        while (distance(foreground, background) < LEAST_CONTRAST) {
            foreground = colour(0.4, 1);
        }
        double radius = uniform(7, 12);
        double centreX = uniform(radius, CANVAS - radius);
        double centreY = uniform(radius, CANVAS - radius);
        fill(kind, centreX, centreY, radius, uniform(0, 2 * Math.PI), foreground);
        return noisyBytes();
    }

    private void fillGradient(double[] colour) {
        double angle = uniform(0, 2 * Math.PI);
        double strength = uniform(0, 0.15) / (CANVAS / 2.0 * Math.sqrt(2));
        double slopeX = StrictMath.cos(angle) * strength;
        double slopeY = StrictMath.sin(angle) * strength;
        int i = 0;
        for (int y = 0; y < size; y++) {
            double alongY = slopeY * ((y + 0.5) * pixelWidth - CANVAS / 2.0);
            for (int x = 0; x < size; x++) {
                double alongX = slopeX * ((x + 0.5) * pixelWidth - CANVAS / 2.0);
                for (int c = 0; c < CHANNELS; c++) {
                    picture[i++] = colour[c] + alongX + alongY;
                }
            }
        }
    }

    /** Lays a shape over the picture; a pixel takes its colour by the share of its samples that the shape contains. */
    private void fill(ShapeKind kind, double centreX, double centreY, double radius, double angle, double[] colour) {
        double cos = StrictMath.cos(angle) / radius;
        double sin = StrictMath.sin(angle) / radius;
        int top = (int) Math.max(0, (centreY - radius) / pixelWidth);
        int bottom = (int) Math.min(size - 1, (centreY + radius) / pixelWidth);
        int left = (int) Math.max(0, (centreX - radius) / pixelWidth);
        int right = (int) Math.min(size - 1, (centreX + radius) / pixelWidth);
        double[] dx = new double[SAMPLES];
        double[] dy = new double[SAMPLES];
        for (int y = top; y <= bottom; y++) {
            distances(y, centreY, dy);
            for (int x = left; x <= right; x++) {
                distances(x, centreX, dx);
                int hits = 0;
                for (int i = 0; i < SAMPLES; i++) {
                    for (int j = 0; j < SAMPLES; j++) {
                        hits += kind.contains(cos * dx[j] + sin * dy[i], cos * dy[i] - sin * dx[j]) ? 1 : 0;
                    }
                }
                if (hits > 0) {
                    blend((y * size + x) * CHANNELS, (double) hits / (SAMPLES * SAMPLES), colour);
                }
            }
        }
    }

    /** Distances of a pixel's samples from a centre, in units along one axis. */
    private void distances(int pixel, double centre, double[] distances) {
        for (int i = 0; i < SAMPLES; i++) {
            distances[i] = (pixel + (i + 0.5) / SAMPLES) * pixelWidth - centre;
        }
    }

    private void blend(int first, double share, double[] colour) {
        for (int c = 0; c < CHANNELS; c++) {
            picture[first + c] = (1 - share) * picture[first + c] + share * colour[c];
        }
    }

    private byte[] noisyBytes() {
        byte[] bytes = new byte[picture.length];
        for (int i = 0; i < bytes.length; i++) {
            double value = picture[i] + uniform(-NOISE, NOISE);
            bytes[i] = (byte) (int) (Math.max(0, Math.min(1, value)) * 255 + 0.5);
        }
        return bytes;
    }

    private double[] colour(double from, double to) {
        return new double[] {uniform(from, to), uniform(from, to), uniform(from, to)};
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int c = 0; c < CHANNELS; c++) {
            sum += (a[c] - b[c]) * (a[c] - b[c]);
        }
        return Math.sqrt(sum);
    }

    private double uniform(double from, double to) {
        return from + (to - from) * random.nextDouble();
    }
}
