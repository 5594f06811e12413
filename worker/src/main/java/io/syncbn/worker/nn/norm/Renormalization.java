package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.Pass;
import java.util.List;

/**
 * What batch renormalization (Ioffe 2017) adds: x̂·r + d in the place of x̂, where
 *
 * <pre>
 *   r = σ_B / σ, from 1/r_max to r_max;   d = (μ_B − μ) / σ, from −d_max to d_max
 * </pre>
 *
 * <p>lead from the batch's mean and deviation to the running ones, as they were committed before this step: the same on
 * all workers. In backward, r and d are constants. The limits grow over the job: up to 4 % of its steps r is 1 and d is
 * 0, plain batch normalization; then they grow linearly, d_max until 20 % and r_max until 30 %. The paper's are 5,000,
 * 25,000 and 40,000 of about 130,000 steps.
 *
 * <p>For the channels of one block at a time.
 */
final class Renormalization {
    private static final double BEGIN = 0.04;
    private static final double WHOLE_SHIFT = 0.2;
    private static final double WHOLE_SCALE = 0.3;

    /** The largest r and d, at the end of their growth. */
    record Limits(double scale, double shift) {
        static final Limits NONE = new Limits(1, 0);
        private static final Limits DEFAULT = new Limits(3, 5);

        /** @param arguments r_max and d_max, or none for the paper's */
        static Limits of(List<String> arguments) {
            if (arguments.isEmpty()) {
                return DEFAULT;
            }
            return new Limits(
                    number(arguments.get(0), 1, "RMAX must be a number from 1"),
                    number(arguments.get(1), 0, "DMAX must be a number from 0"));
        }

        private static double number(String text, double least, String expected) {
            try {
                double number = Double.parseDouble(text);
                if (number >= least && number < 1e9) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // as if it was out of range
            }
            throw new IllegalArgumentException(expected);
        }

        /** As far as they have grown. */
        Limits of(Pass pass) {
            double progress = pass.batch().progress();
            return new Limits(1 + (scale - 1) * grown(progress, WHOLE_SCALE), shift * grown(progress, WHOLE_SHIFT));
        }

        private static double grown(double progress, double whole) {
            return Math.max(0, Math.min(1, (progress - BEGIN) / (whole - BEGIN)));
        }

        @Override
        public String toString() {
            return "r to " + scale + ", d to " + shift;
        }
    }

    private final double[] scale;
    private final double[] shift;
    private Limits present = Limits.NONE;

    Renormalization(int channels) {
        this.scale = new double[channels];
        this.shift = new double[channels];
    }

    /** Before a pass. */
    void begin(Limits limits) {
        present = limits;
    }

    /** Whether there is anything to correct in this pass; else r is 1 and d is 0. */
    boolean isOn() {
        return !present.equals(Limits.NONE);
    }

    /**
     * For one channel of a block.
     *
     * @param mean of the block
     * @param inverse 1/√(σ² + ε) of the block
     * @param runningMean before this step
     * @param runningInverse likewise
     */
    void set(int c, double mean, double inverse, double runningMean, double runningInverse) {
        scale[c] = Math.max(1 / present.scale, Math.min(present.scale, runningInverse / inverse));
        shift[c] = Math.max(-present.shift, Math.min(present.shift, (mean - runningMean) * runningInverse));
    }

    /** r */
    double scale(int c) {
        return scale[c];
    }

    /** d */
    double shift(int c) {
        return shift[c];
    }
}
