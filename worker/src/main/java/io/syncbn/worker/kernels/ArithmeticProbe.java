package io.syncbn.worker.kernels;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Computes, on fixed numbers, one of everything whose bits may differ between libraries and processors: convolutions of the
 * shapes for which libraries have kernels of their own, forward and both gradients, matrix products, a normalization.
 */
final class ArithmeticProbe {
    /** Convolutions of examples. */
    private record Work(int examples, ConvolutionGeometry geometry) {}

    private static final List<Work> CONVOLUTIONS = List.of(
            new Work(2, new ConvolutionGeometry(9, 9, 3, 16, 3, 1, 1)), // a picture's colours
            new Work(2, new ConvolutionGeometry(12, 12, 1, 6, 5, 1, 2)), // one colour, and channels that fill no block
            new Work(2, new ConvolutionGeometry(7, 7, 12, 20, 3, 1, 1)), // blocks of half a vector
            new Work(8, new ConvolutionGeometry(8, 8, 16, 16, 3, 1, 1)),
            new Work(2, new ConvolutionGeometry(8, 8, 16, 32, 3, 2, 1)),
            new Work(2, new ConvolutionGeometry(8, 8, 16, 32, 1, 2, 0)),
            new Work(3, new ConvolutionGeometry(6, 6, 64, 128, 1, 1, 0)),
            new Work(2, new ConvolutionGeometry(5, 5, 64, 64, 3, 1, 1)),
            new Work(2, new ConvolutionGeometry(4, 4, 128, 160, 3, 1, 1))); // weights that fill a first-level cache

    /** Examples, inputs, outputs. */
    private static final int[][] PRODUCTS = {{2, 64, 10}, {5, 400, 120}};

    private static final int ROWS = 5;

    /** Some vectors of any width, and a rest. */
    private static final int CHANNELS = 43;

    private final MessageDigest sha256;
    private int counter;

    private ArithmeticProbe() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** SHA-256 (hex) of all results. */
    static String digest(LinearKernels linear, ChannelKernels kernels) {
        ArithmeticProbe probe = new ArithmeticProbe();
        List<LinearOperation> convolutions = CONVOLUTIONS.stream()
                .map(work -> linear.convolution(work.geometry, work.examples))
                .toList();
        LinearOperation[] products = new LinearOperation[PRODUCTS.length];
        for (int i = 0; i < products.length; i++) {
            products[i] = linear.matrixProduct(PRODUCTS[i][1], PRODUCTS[i][2], PRODUCTS[i][0]);
        }
        for (int i = 0; i < convolutions.size(); i++) {
            Work work = CONVOLUTIONS.get(i);
            ConvolutionGeometry geometry = work.geometry;
            probe.add(
                    convolutions.get(i),
                    work.examples,
                    geometry.inputSize(),
                    geometry.outputSize(),
                    WeightOrder.of(geometry));
        }
        for (int i = 0; i < products.length; i++) {
            int[] size = PRODUCTS[i];
            probe.add(products[i], size[0], size[1], size[2], new WeightOrder(size[2], size[1], 1));
        }
        probe.addNormalization(kernels);
        return HexFormat.of().formatHex(probe.sha256.digest());
    }

    private void add(LinearOperation map, int examples, int inputs, int outputs, WeightOrder order) {
        float[] weights = new float[order.size()];
        order.fromFileOrder(numbers(weights.length), weights, 0);
        float[] y = new float[examples * outputs];
        float[] dx = new float[examples * inputs];
        float[] dw = new float[weights.length];
        map.forward(numbers(dx.length), examples, weights, 0, y);
        map.backward(numbers(y.length), weights, 0, dx);
        map.weightsGradient(dw, 0);
        add(y);
        add(dx);
        add(order.inFileOrder(dw, 0));
    }

    private void addNormalization(ChannelKernels kernels) {
        float[] x = numbers(ROWS * CHANNELS);
        float[] dy = numbers(x.length);
        float[] y = new float[x.length];
        float[] dx = new float[x.length];
        double[] sums = new double[CHANNELS];
        double[] squares = new double[CHANNELS];
        float[] a = numbers(CHANNELS);
        float[] b = numbers(CHANNELS);
        float[] c = numbers(CHANNELS);
        Rows rows = new Rows(0, ROWS, CHANNELS);
        kernels.moments(x, rows, sums, squares);
        add(sums);
        add(squares);
        kernels.normalize(x, y, rows, new Transform(a, b, c), true);
        add(y);
        kernels.gradientMoments(dy, x, y, rows, sums.clone(), sums, squares);
        add(sums);
        add(squares);
        kernels.normalizeGradient(dy, x, y, dx, rows, b, new Transform(a, c, a));
        add(dx);
    }

    /** Numbers from −1 to 1: mixed bits of a running counter. */
    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            int mixed = counter++ * 0x9E3779B1;
            mixed = (mixed ^ mixed >>> 15) * 0x85EBCA77;
            numbers[i] = (mixed ^ mixed >>> 13) * 0x1p-31f;
        }
        return numbers;
    }

    private void add(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        sha256.update(bytes);
    }

    private void add(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        sha256.update(bytes);
    }
}
