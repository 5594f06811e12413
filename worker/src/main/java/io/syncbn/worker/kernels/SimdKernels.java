package io.syncbn.worker.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the JDK's Vector API: a lane is a channel, so that every lane adds its own numbers in the plain order,
 * whatever the width of a vector. Channels that do not fill one go to the plain twin.
 */
final class SimdKernels implements ChannelKernels {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

    /** As many floats as there are doubles in a vector. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

    @Override
    public void moments(float[] x, int rows, int channels, double[] sums, double[] squares) {
        int lanes = DOUBLES.length();
        int c = 0;
        for (; c + 2 * lanes <= channels; c += 2 * lanes) {
            momentsOfTwoVectors(c, x, rows, channels, sums, squares);
        }
        for (; c + lanes <= channels; c += lanes) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            DoubleVector square = DoubleVector.zero(DOUBLES);
            for (int row = 0, i = c; row < rows; row++, i += channels) {
                DoubleVector value = load(x, i);
                sum = sum.add(value);
                square = square.add(value.mul(value));
            }
            sum.intoArray(sums, c);
            square.intoArray(squares, c);
        }
        PlainKernels.momentsFrom(c, x, rows, channels, sums, squares);
    }

    /** Two vectors side by side, because an addition waits for the one before it in its lane. */
    private static void momentsOfTwoVectors(int c, float[] x, int rows, int channels, double[] sums, double[] squares) {
        int lanes = DOUBLES.length();
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = DoubleVector.zero(DOUBLES);
        DoubleVector square0 = DoubleVector.zero(DOUBLES);
        DoubleVector square1 = DoubleVector.zero(DOUBLES);
        for (int row = 0, i = c; row < rows; row++, i += channels) {
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
            float[] dy, float[] x, float[] y, int rows, int channels, double[] mean, double[] sums, double[] products) {
        int end = DOUBLES.loopBound(channels);
        FloatVector zero = FloatVector.zero(HALF);
        for (int c = 0; c < end; c += DOUBLES.length()) {
            DoubleVector center = DoubleVector.fromArray(DOUBLES, mean, c);
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            DoubleVector product = DoubleVector.zero(DOUBLES);
            for (int row = 0, i = c; row < rows; row++, i += channels) {
                FloatVector masked = FloatVector.fromArray(HALF, dy, i);
                if (y != null) {
                    masked =
                            zero.blend(masked, FloatVector.fromArray(HALF, y, i).compare(VectorOperators.GT, 0f));
                }
                DoubleVector gradient = (DoubleVector) masked.convertShape(VectorOperators.F2D, DOUBLES, 0);
                sum = sum.add(gradient);
                product = product.add(gradient.mul(load(x, i).sub(center)));
            }
            sum.intoArray(sums, c);
            product.intoArray(products, c);
        }
        PlainKernels.gradientMomentsFrom(end, dy, x, y, rows, channels, mean, sums, products);
    }

    private static DoubleVector load(float[] x, int i) {
        return (DoubleVector) FloatVector.fromArray(HALF, x, i).convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    @Override
    public void normalize(
            float[] x, float[] y, int rows, int channels, float[] pivot, float[] scale, float[] shift, boolean relu) {
        int end = FLOATS.loopBound(channels);
        for (int c = 0; c < end; c += FLOATS.length()) {
            FloatVector center = FloatVector.fromArray(FLOATS, pivot, c);
            FloatVector factor = FloatVector.fromArray(FLOATS, scale, c);
            FloatVector offset = FloatVector.fromArray(FLOATS, shift, c);
            for (int row = 0, i = c; row < rows; row++, i += channels) {
                FloatVector value = FloatVector.fromArray(FLOATS, x, i)
                        .sub(center)
                        .mul(factor)
                        .add(offset);
                (relu ? value.max(0f) : value).intoArray(y, i);
            }
        }
        PlainKernels.normalizeFrom(end, x, y, rows, channels, pivot, scale, shift, relu);
    }

    @Override
    public void normalizeAddRelu(
            float[] x,
            float[] residual,
            float[] y,
            int rows,
            int channels,
            float[] pivot,
            float[] scale,
            float[] shift) {
        int end = FLOATS.loopBound(channels);
        for (int c = 0; c < end; c += FLOATS.length()) {
            FloatVector center = FloatVector.fromArray(FLOATS, pivot, c);
            FloatVector factor = FloatVector.fromArray(FLOATS, scale, c);
            FloatVector offset = FloatVector.fromArray(FLOATS, shift, c);
            for (int row = 0, i = c; row < rows; row++, i += channels) {
                FloatVector.fromArray(FLOATS, x, i)
                        .sub(center)
                        .mul(factor)
                        .add(offset)
                        .add(FloatVector.fromArray(FLOATS, residual, i))
                        .max(0f)
                        .intoArray(y, i);
            }
        }
        PlainKernels.normalizeAddReluFrom(end, x, residual, y, rows, channels, pivot, scale, shift);
    }

    @Override
    public void normalizeGradient(
            float[] dy,
            float[] x,
            float[] y,
            float[] dx,
            int rows,
            int channels,
            float[] pivot,
            float[] gain,
            float[] slope,
            float[] shift) {
        int end = FLOATS.loopBound(channels);
        for (int c = 0; c < end; c += FLOATS.length()) {
            FloatVector center = FloatVector.fromArray(FLOATS, pivot, c);
            FloatVector ofGradient = FloatVector.fromArray(FLOATS, gain, c);
            FloatVector ofInput = FloatVector.fromArray(FLOATS, slope, c);
            FloatVector offset = FloatVector.fromArray(FLOATS, shift, c);
            for (int row = 0, i = c; row < rows; row++, i += channels) {
                FloatVector gradient = y == null ? FloatVector.fromArray(FLOATS, dy, i) : masked(dy, y, i);
                FloatVector input = FloatVector.fromArray(FLOATS, x, i)
                        .sub(center)
                        .mul(ofInput)
                        .add(offset);
                gradient.mul(ofGradient).add(input).intoArray(dx, i);
            }
        }
        PlainKernels.normalizeGradientFrom(end, dy, x, y, dx, rows, channels, pivot, gain, slope, shift);
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
}
