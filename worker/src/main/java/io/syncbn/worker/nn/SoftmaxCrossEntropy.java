package io.syncbn.worker.nn;

/**
 * The loss of a classifier: −Σ q·log softmax(z), where q is 1 for the label and 0 for the others, or with label
 * smoothing s: 1 − s + s/K for the label and s/K for the others of K classes (Szegedy et al. 2016).
 *
 * <p>Sums over examples in float64 with StrictMath, so that they are equal on every JDK; they are divided later by the
 * count of the global batch.
 */
public final class SoftmaxCrossEntropy {
    private SoftmaxCrossEntropy() {}

    /**
     * What a batch gave.
     *
     * @param loss sum over examples
     * @param correct how many examples have their largest logit at the label
     */
    public record Result(double loss, int correct) {}

    /**
     * Computes loss and gradient.
     *
     * @param logits N × classes
     * @param labels of the first N examples; may be longer
     * @param gradient receives the loss's gradient by the logits, softmax − q; not divided by anything
     */
    public static Result compute(Tensor logits, int[] labels, double smoothing, Tensor gradient) {
        int classes = logits.shape().size();
        double[] exponentials = new double[classes];
        double loss = 0;
        int correct = 0;
        for (int n = 0; n < logits.examples(); n++) {
            float[] z = logits.values();
            int start = n * classes;
            int largest = indexOfLargest(z, start, classes);
            double total = 0;
            double smoothed = 0;
            for (int k = 0; k < classes; k++) {
                double shifted = (double) z[start + k] - z[start + largest];
                exponentials[k] = StrictMath.exp(shifted);
                total += exponentials[k];
                smoothed += shifted;
            }
            double label = (double) z[start + labels[n]] - z[start + largest];
            loss += StrictMath.log(total) - (1 - smoothing) * label - smoothing / classes * smoothed;
            correct += largest == labels[n] ? 1 : 0;
            for (int k = 0; k < classes; k++) {
                double target = smoothing / classes + (k == labels[n] ? 1 - smoothing : 0);
                gradient.values()[start + k] = (float) (exponentials[k] / total - target);
            }
        }
        return new Result(loss, correct);
    }

    private static int indexOfLargest(float[] values, int start, int count) {
        int largest = 0;
        for (int k = 1; k < count; k++) {
            if (values[start + k] > values[start + largest]) {
                largest = k;
            }
        }
        return largest;
    }
}
