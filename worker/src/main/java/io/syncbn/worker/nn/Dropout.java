package io.syncbn.worker.nn;

import io.syncbn.worker.random.CounterRandom;

/**
 * Sets each number to 0 with probability p and divides the others by 1 − p, in training (Srivastava et al. 2014).
 *
 * <p>Which numbers is a function of seed, step, shard, layer and position: the same wherever and whenever the shard
 * runs.
 */
final class Dropout implements Layer {
    private final Shape shape;
    private final double rate;
    private final int number;
    private final float[] output;
    private final float[] inputGradient;
    private final float[] factors;

    /** @param number of the dropout layer in the model */
    Dropout(Shape shape, double rate, int number, ShardMemory memory) {
        this.shape = shape;
        this.rate = rate;
        this.number = number;
        this.output = memory.activations(shape);
        this.inputGradient = memory.activations(shape);
        this.factors = memory.activations(shape);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (!pass.training()) {
            return x;
        }
        Pass.BatchId batch = pass.batch();
        CounterRandom random =
                new CounterRandom(batch.seed(), CounterRandom.Purpose.DROPOUT, batch.step(), batch.shard(), number);
        float kept = (float) (1 / (1 - rate));
        for (int i = 0; i < x.size(); i++) {
            factors[i] = random.doubleAt(i) < rate ? 0 : kept;
            output[i] = x.values()[i] * factors[i];
        }
        return new Tensor(output, x.examples(), shape);
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return x;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        for (int i = 0; i < dy.size(); i++) {
            inputGradient[i] = dy.values()[i] * factors[i];
        }
        return new Tensor(inputGradient, dy.examples(), shape);
    }
}
