package io.syncbn.deploy.benchmarks;

import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.kernels.Transform;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The loops around normalization, on the activations of ResNet-20's first and last stage. */
@State(Scope.Thread)
public abstract class ChannelLoops {
    /** Activations of an example: 32 × 32 × 16, and half of that in each further stage. */
    private static final int FIRST_SIZE = 32 * 32 * 16;

    @Param({"2", "32"})
    public int batch;

    @Param({"16", "64"})
    public int channels;

    private ChannelKernels kernels;
    private Rows rows;
    private float[] x;
    private float[] y;
    private float[] dy;
    private float[] dx;
    private Transform transform;
    private double[] mean;
    private double[] sums;
    private double[] products;

    /** The kernels that this JVM is to have. */
    abstract String expectedKernels();

    @Setup
    public void setUp() {
        kernels = ChannelKernels.fastest();
        if (!kernels.getClass().getSimpleName().equals(expectedKernels())) {
            throw new IllegalStateException("this JVM has " + kernels.getClass() + ", not " + expectedKernels());
        }
        rows = new Rows(0, batch * FIRST_SIZE * 16 / (channels * channels), channels);
        x = new float[rows.count() * channels];
        y = new float[x.length];
        dy = new float[x.length];
        dx = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 7 - 3;
            y[i] = i % 5 - 2;
            dy[i] = i % 3 - 1;
        }
        float[] perChannel = new float[channels];
        Arrays.fill(perChannel, 0.5f);
        transform = new Transform(perChannel, perChannel, perChannel);
        mean = new double[channels];
        sums = new double[channels];
        products = new double[channels];
    }

    @Benchmark
    public double[] moments() {
        kernels.moments(x, rows, sums, products);
        return sums;
    }

    @Benchmark
    public float[] normalizeRelu() {
        kernels.normalize(x, dx, rows, transform, true);
        return dx;
    }

    @Benchmark
    public float[] normalizeAddRelu() {
        kernels.normalizeAddRelu(x, dy, dx, rows, transform);
        return dx;
    }

    @Benchmark
    public double[] gradientMoments() {
        kernels.gradientMoments(dy, x, y, rows, mean, sums, products);
        return sums;
    }

    @Benchmark
    public float[] normalizeGradient() {
        kernels.normalizeGradient(dy, x, y, dx, rows, transform.scale(), transform);
        return dx;
    }
}
