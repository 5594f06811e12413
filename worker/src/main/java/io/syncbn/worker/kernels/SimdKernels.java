package io.syncbn.worker.kernels;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the JDK's Vector API: a lane is a channel, so that every lane adds its own numbers in the plain order,
 * whatever the width of a vector. Channels that do not fill one go to the plain twin.
 *
 * <p>Where several arrays are read, rows are taken in tiles, and in a tile vector by vector of channels: what is equal for
 * all rows stays in registers, and the tile stays in the first-level cache for the next vector. A channel's sums go on
 * from tile to tile, so that tiles do not show in the bits.
 */
final class SimdKernels implements ChannelKernels {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

    /** As many floats as there are doubles in a vector. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

    /** Numbers of each array in a tile; a first-level cache holds four such tiles. */
    private static final int TILE = 1024;

    /** The width of a vector. */
    static int vectorBits() {
        return FLOATS.vectorBitSize();
    }

    /** Rows of a tile. */
    private static int tileOf(int channels) {
        return Math.max(1, TILE / channels);
    }

    @Override
    public void moments(float[] x, Rows rows, double[] sums, double[] squares) {
        int channels = rows.channels();
        int lanes = DOUBLES.length();
        int c = 0;
        for (; c + 2 * lanes <= channels; c += 2 * lanes) {
            momentsOfTwoVectors(c, x, rows, sums, squares);
        }
        for (; c + lanes <= channels; c += lanes) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            DoubleVector square = DoubleVector.zero(DOUBLES);
            for (int row = 0, i = rows.start() + c; row < rows.count(); row++, i += channels) {
                DoubleVector value = load(x, i);
                sum = sum.add(value);
                square = square.add(value.mul(value));
            }
            sum.intoArray(sums, c);
            square.intoArray(squares, c);
        }
        PlainKernels.momentsFrom(c, x, rows, sums, squares);
    }

    /** Two vectors side by side, because an addition waits for the one before it in its lane. */
    private static void momentsOfTwoVectors(int c, float[] x, Rows rows, double[] sums, double[] squares) {
        int channels = rows.channels();
        int lanes = DOUBLES.length();
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = DoubleVector.zero(DOUBLES);
        DoubleVector square0 = DoubleVector.zero(DOUBLES);
        DoubleVector square1 = DoubleVector.zero(DOUBLES);
        for (int row = 0, i = rows.start() + c; row < rows.count(); row++, i += channels) {
            DoubleVector value0 = load(x, i);
            DoubleVector value1 = load(x, i + lanes);
            sum0 = sum0.add(value0);
            sum1 = sum1.add(value1);
            square0 = square0.add(value0.mul(value0));
            square1 = square1.add(value1.mul(value1));
        }
        sum0.intoArray(sums, c);
        sum1.intoArray(sums, c + lanes);
        square0.intoArray(squares, c);
        square1.intoArray(squares, c + lanes);
    }

    @Override
    public void gradientMoments(
            float[] dy, float[] x, float[] y, Rows rows, double[] mean, double[] sums, double[] products) {
        int channels = rows.channels();
        int end = DOUBLES.loopBound(channels);
        Arrays.fill(sums, 0, end, 0);
        Arrays.fill(products, 0, end, 0);
        int tile = tileOf(channels);
        for (int row = 0; row < rows.count(); row += tile) {
            int count = Math.min(tile, rows.count() - row);
            addGradientMoments(dy, x, y, rows.start() + row * channels, count, channels, mean, sums, products);
        }
        PlainKernels.gradientMomentsFrom(end, dy, x, y, rows, mean, sums, products);
    }

    /** @param start of the tile in the arrays */
    private static void addGradientMoments(
            float[] dy,
            float[] x,
            float[] y,
            int start,
            int count,
            int channels,
            double[] mean,
            double[] sums,
            double[] products) {
        int lanes = DOUBLES.length();
        int c = 0;
        for (; c + 2 * lanes <= channels; c += 2 * lanes) {
            DoubleVector center0 = DoubleVector.fromArray(DOUBLES, mean, c);
            DoubleVector center1 = DoubleVector.fromArray(DOUBLES, mean, c + lanes);
            DoubleVector sum0 = DoubleVector.fromArray(DOUBLES, sums, c);
            DoubleVector sum1 = DoubleVector.fromArray(DOUBLES, sums, c + lanes);
            DoubleVector product0 = DoubleVector.fromArray(DOUBLES, products, c);
            DoubleVector product1 = DoubleVector.fromArray(DOUBLES, products, c + lanes);
            for (int row = 0, i = start + c; row < count; row++, i += channels) {
                DoubleVector gradient0 = loadMasked(dy, y, i);
                DoubleVector gradient1 = loadMasked(dy, y, i + lanes);
                sum0 = sum0.add(gradient0);
                sum1 = sum1.add(gradient1);
                product0 = product0.add(gradient0.mul(load(x, i).sub(center0)));
                product1 = product1.add(gradient1.mul(load(x, i + lanes).sub(center1)));
            }
            sum0.intoArray(sums, c);
            sum1.intoArray(sums, c + lanes);
            product0.intoArray(products, c);
            product1.intoArray(products, c + lanes);
        }
        for (; c + lanes <= channels; c += lanes) {
            DoubleVector center = DoubleVector.fromArray(DOUBLES, mean, c);
            DoubleVector sum = DoubleVector.fromArray(DOUBLES, sums, c);
            DoubleVector product = DoubleVector.fromArray(DOUBLES, products, c);
            for (int row = 0, i = start + c; row < count; row++, i += channels) {
                DoubleVector gradient = loadMasked(dy, y, i);
                sum = sum.add(gradient);
                product = product.add(gradient.mul(load(x, i).sub(center)));
            }
            sum.intoArray(sums, c);
            product.intoArray(products, c);
        }
    }

    /** dy, or 0 where y is given and not positive. */
    private static DoubleVector loadMasked(float[] dy, float[] y, int i) {
        FloatVector gradient = FloatVector.fromArray(HALF, dy, i);
        if (y != null) {
            gradient = FloatVector.zero(HALF)
                    .blend(gradient, FloatVector.fromArray(HALF, y, i).compare(VectorOperators.GT, 0f));
        }
        return (DoubleVector) gradient.convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    private static DoubleVector load(float[] x, int i) {
        return (DoubleVector) FloatVector.fromArray(HALF, x, i).convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    @Override
    public void normalize(float[] x, float[] y, Rows rows, Transform transform, boolean relu) {
        int channels = rows.channels();
        int tile = tileOf(channels);
        for (int row = 0; row < rows.count(); row += tile) {
            int count = Math.min(tile, rows.count() - row);
            normalizeTile(x, y, rows.start() + row * channels, count, channels, transform, relu);
        }
        PlainKernels.normalizeFrom(FLOATS.loopBound(channels), x, y, rows, transform, relu);
    }

    private static void normalizeTile(
            float[] x, float[] y, int start, int count, int channels, Transform transform, boolean relu) {
        for (int c = 0; c < FLOATS.loopBound(channels); c += FLOATS.length()) {
            FloatVector center = FloatVector.fromArray(FLOATS, transform.pivot(), c);
            FloatVector factor = FloatVector.fromArray(FLOATS, transform.scale(), c);
            FloatVector offset = FloatVector.fromArray(FLOATS, transform.shift(), c);
            for (int row = 0, i = start + c; row < count; row++, i += channels) {
                FloatVector value = FloatVector.fromArray(FLOATS, x, i)
                        .sub(center)
                        .mul(factor)
                        .add(offset);
                (relu ? value.max(0f) : value).intoArray(y, i);
            }
        }
    }

    @Override
    public void normalizeAddRelu(float[] x, float[] residual, float[] y, Rows rows, Transform transform) {
        int channels = rows.channels();
        int tile = tileOf(channels);
        for (int row = 0; row < rows.count(); row += tile) {
            int count = Math.min(tile, rows.count() - row);
            normalizeAddReluTile(x, residual, y, rows.start() + row * channels, count, channels, transform);
        }
        PlainKernels.normalizeAddReluFrom(FLOATS.loopBound(channels), x, residual, y, rows, transform);
    }

    private static void normalizeAddReluTile(
            float[] x, float[] residual, float[] y, int start, int count, int channels, Transform transform) {
        for (int c = 0; c < FLOATS.loopBound(channels); c += FLOATS.length()) {
            FloatVector center = FloatVector.fromArray(FLOATS, transform.pivot(), c);
            FloatVector factor = FloatVector.fromArray(FLOATS, transform.scale(), c);
            FloatVector offset = FloatVector.fromArray(FLOATS, transform.shift(), c);
            for (int row = 0, i = start + c; row < count; row++, i += channels) {
                FloatVector.fromArray(FLOATS, x, i)
                        .sub(center)
                        .mul(factor)
                        .add(offset)
                        .add(FloatVector.fromArray(FLOATS, residual, i))
                        .max(0f)
                        .intoArray(y, i);
            }
        }
    }

    @Override
    public void normalizeGradient(
            float[] dy, float[] x, float[] y, float[] dx, Rows rows, float[] gain, Transform transform) {
        int channels = rows.channels();
        int tile = tileOf(channels);
        for (int row = 0; row < rows.count(); row += tile) {
            int count = Math.min(tile, rows.count() - row);
            normalizeGradientTile(dy, x, y, dx, rows.start() + row * channels, count, channels, gain, transform);
        }
        PlainKernels.normalizeGradientFrom(FLOATS.loopBound(channels), dy, x, y, dx, rows, gain, transform);
    }

    private static void normalizeGradientTile(
            float[] dy,
            float[] x,
            float[] y,
            float[] dx,
            int start,
            int count,
            int channels,
            float[] gain,
            Transform transform) {
        for (int c = 0; c < FLOATS.loopBound(channels); c += FLOATS.length()) {
            FloatVector center = FloatVector.fromArray(FLOATS, transform.pivot(), c);
            FloatVector ofGradient = FloatVector.fromArray(FLOATS, gain, c);
            FloatVector ofInput = FloatVector.fromArray(FLOATS, transform.scale(), c);
            FloatVector offset = FloatVector.fromArray(FLOATS, transform.shift(), c);
            for (int row = 0, i = start + c; row < count; row++, i += channels) {
                FloatVector gradient = y == null ? FloatVector.fromArray(FLOATS, dy, i) : masked(dy, y, i);
                FloatVector input = FloatVector.fromArray(FLOATS, x, i)
                        .sub(center)
                        .mul(ofInput)
                        .add(offset);
                gradient.mul(ofGradient).add(input).intoArray(dx, i);
            }
        }
    }

    @Override
    public void relu(float[] x, float[] y, int size) {
        int end = FLOATS.loopBound(size);
        for (int i = 0; i < end; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, x, i).max(0f).intoArray(y, i);
        }
        PlainKernels.reluFrom(end, x, y, size);
    }

    @Override
    public void reluGradient(float[] dy, float[] y, float[] dx, int size) {
        int end = FLOATS.loopBound(size);
        for (int i = 0; i < end; i += FLOATS.length()) {
            masked(dy, y, i).intoArray(dx, i);
        }
        PlainKernels.reluGradientFrom(end, dy, y, dx, size);
    }

    private static FloatVector masked(float[] dy, float[] y, int i) {
        return FloatVector.zero(FLOATS)
                .blend(
                        FloatVector.fromArray(FLOATS, dy, i),
                        FloatVector.fromArray(FLOATS, y, i).compare(VectorOperators.GT, 0f));
    }

    /** A loop that every JDK vectorizes by itself. */
    @Override
    public void add(float[] a, float[] b, float[] sum, int size) {
        for (int i = 0; i < size; i++) {
            sum[i] = a[i] + b[i];
        }
    }

    /** A finite number times 0 is 0; any other times 0 is NaN, and makes the sum NaN. */
    @Override
    public boolean allFinite(float[] x, int size) {
        int end = FLOATS.loopBound(size);
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = 0; i < end; i += FLOATS.length()) {
            sum = sum.add(FloatVector.fromArray(FLOATS, x, i).mul(0f));
        }
        return sum.reduceLanes(VectorOperators.ADD) == 0 && PlainKernels.allFiniteFrom(end, x, size);
    }

    @Override
    public double squaredNorm(float[] x, int from, int to) {
        double[] sums = new double[PlainKernels.SUMS];
        int end = to - (to - from) % PlainKernels.SUMS;
        for (int at = from; at < end; at += TILE) {
            addSquares(x, at, Math.min(end, at + TILE), sums);
        }
        PlainKernels.addSquares(x, end, to, sums);
        return PlainKernels.total(sums);
    }

    /** @param to behind whole rounds of all sums */
    private static void addSquares(float[] x, int from, int to, double[] sums) {
        int lanes = DOUBLES.length();
        for (int c = 0; c < PlainKernels.SUMS; c += 2 * lanes) {
            DoubleVector sum0 = DoubleVector.fromArray(DOUBLES, sums, c);
            DoubleVector sum1 = DoubleVector.fromArray(DOUBLES, sums, c + lanes);
            for (int i = from + c; i < to; i += PlainKernels.SUMS) {
                DoubleVector value0 = load(x, i);
                DoubleVector value1 = load(x, i + lanes);
                sum0 = sum0.add(value0.mul(value0));
                sum1 = sum1.add(value1.mul(value1));
            }
            sum0.intoArray(sums, c);
            sum1.intoArray(sums, c + lanes);
        }
    }
}
