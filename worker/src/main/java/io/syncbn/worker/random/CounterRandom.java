package io.syncbn.worker.random;

/**
 * Random numbers as a pure function of what they are for, so that nothing depends on who asks first.
 *
 * <p>A key is made by mixing the job's seed, a purpose and up to three numbers with the finalizer of SplitMix64 (Steele,
 * Lea &amp; Flood 2014, Stafford's variant 13); number {@code i} of a key is the mix of key and {@code i}. Not for
 * cryptography. Instances are cheap and belong to one thread.
 */
public final class CounterRandom {

    /** What numbers are for; part of the key, so that no two uses share numbers. Append only. */
    public enum Purpose {
        WEIGHTS,
        SHUFFLE,
        AUGMENT,
        DROPOUT,
        SHAPES,
        BENCHMARK,
        CHAOS
    }

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;
    private long counter;
    private double spareGaussian = Double.NaN;

    public CounterRandom(long seed, Purpose purpose, long a, long b, long c) {
        long mixed = mix(seed + GOLDEN_GAMMA);
        mixed = mix(mixed ^ (purpose.ordinal() + 1) * GOLDEN_GAMMA);
        mixed = mix(mixed ^ mix(a + GOLDEN_GAMMA));
        mixed = mix(mixed ^ mix(b + 2 * GOLDEN_GAMMA));
        key = mix(mixed ^ mix(c + 3 * GOLDEN_GAMMA));
    }

    /** Number {@code index} of this key, without moving the counter. */
    public long longAt(long index) {
        return mix(key + (index + 1) * GOLDEN_GAMMA);
    }

    public long nextLong() {
        return longAt(counter++);
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [0, 1), number {@code index} of this key. */
    public double doubleAt(long index) {
        return (longAt(index) >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [0, bound); by multiplication, whose bias is below bound / 2^64. */
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound must be positive, not " + bound);
        }
        return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
    }

    /** Standard normal (Box &amp; Muller 1958), with StrictMath: the same bits on every JDK. */
    public double nextGaussian() {
        if (!Double.isNaN(spareGaussian)) {
            double spare = spareGaussian;
            spareGaussian = Double.NaN;
            return spare;
        }
        double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        double angle = 2 * Math.PI * nextDouble();
        spareGaussian = radius * StrictMath.sin(angle);
        return radius * StrictMath.cos(angle);
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
