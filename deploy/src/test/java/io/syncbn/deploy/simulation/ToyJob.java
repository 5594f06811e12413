package io.syncbn.deploy.simulation;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.Sums;
import io.syncbn.proto.tree.TreeFold;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;

/**
 * A model of a few numbers whose state depends on every bit of every sum of every step: a sum in another order, a step done
 * twice or left out, a running statistic of an abandoned step would show in the digest.
 *
 * @param layers normalization layers, each with a sum of its group's moments in either direction
 */
record ToyJob(int shards, int groupSize, int layers, int chunks, long steps, long evaluateEvery) {
    static final int STATE_FLOATS = 5;

    Grouping groups() {
        return new Grouping(shards, groupSize);
    }

    Grouping all() {
        return Grouping.all(shards);
    }

    /** A part of a sum of float64 numbers: of many magnitudes, so that the order of additions matters. */
    double[] part(SumKind kind, long step, int index, int shard, float[] state, double[] input) {
        double[] part = new double[3];
        for (int i = 0; i < part.length; i++) {
            long bits = mixed(mixed(mixed(step * 131 + kind.number()) + index * 31L + i) + shard);
            part[i] = Math.scalb((double) bits, -63 + Math.floorMod(bits >> 7, 40))
                    * (1 + state[i % state.length] * 1e-3 + (input == null ? 0 : input[i] * 1e-13));
        }
        return part;
    }

    /** A part of a chunk of the gradient. */
    float[] gradient(long step, int chunk, int shard, float[] state, double[] input) {
        double[] wide = part(SumKind.GRADIENTS, step, chunk, shard, state, input);
        float[] part = new float[wide.length];
        for (int i = 0; i < part.length; i++) {
            part[i] = (float) (wide[i] * 1e-6);
        }
        return part;
    }

    /** The state after a step. */
    float[] applied(float[] state, double[] commit, List<float[]> gradient) {
        float[] next = state.clone();
        for (int i = 0; i < next.length; i++) {
            double sum = Math.sin(commit[i % commit.length]);
            for (float[] chunk : gradient) {
                sum += Math.sin(chunk[i % chunk.length]);
            }
            next[i] = (float) (0.9 * next[i] + sum);
        }
        return next;
    }

    float[] initialState() {
        return new float[STATE_FLOATS];
    }

    /** A state from its chunks: the first holds all of it, the others a number each. */
    static float[] joined(List<float[]> chunks) {
        float[] state = chunks.get(0).clone();
        for (int i = 1; i < chunks.size(); i++) {
            state[i] = chunks.get(i)[0];
        }
        return state;
    }

    static String digest(long step, float[] state) {
        return step + ":" + Arrays.hashCode(state) + ":" + Float.toHexString(state[0]);
    }

    /** The digests after every step of an undisturbed run in one process, from step 0 on. */
    String[] undisturbed() {
        String[] digests = new String[(int) steps + 1];
        float[] state = initialState();
        digests[0] = digest(0, state);
        for (long step = 1; step <= steps; step++) {
            state = undisturbedStep(step, state);
            digests[(int) step] = digest(step, state);
        }
        return digests;
    }

    private float[] undisturbedStep(long step, float[] state) {
        double[][] inputs = new double[shards][];
        float[] before = state;
        for (int pass = 0; pass < 2 * layers; pass++) {
            SumKind kind = pass < layers ? SumKind.MOMENTS_FORWARD : SumKind.MOMENTS_BACKWARD;
            int layer = pass < layers ? pass : 2 * layers - 1 - pass;
            double[][] present = inputs.clone();
            for (int group = 0; group < groups().groups(); group++) {
                int first = groups().firstShardOf(group);
                double[] root = sum(
                        groups(),
                        group,
                        position -> part(kind, step, layer, first + position, before, present[first + position]),
                        Sums::add);
                Arrays.fill(inputs, first, first + groups().sizeOf(group), root);
            }
        }
        List<float[]> gradient = java.util.stream.IntStream.range(0, chunks)
                .mapToObj(chunk -> sum(
                        all(), 0, shard -> gradient(step, chunk, shard, before, inputs[shard]), (a, b) -> new Chunk(a)
                                .add(new Chunk(b))
                                .values()))
                .toList();
        double[] commit =
                sum(all(), 0, shard -> part(SumKind.COMMIT, step, 0, shard, before, inputs[shard]), Sums::add);
        return applied(state, commit, gradient);
    }

    private static <T> T sum(Grouping grouping, int group, IntFunction<T> parts, BinaryOperator<T> adder) {
        TreeFold<T> fold = new TreeFold<>(grouping.treeOf(group), adder);
        T root = null;
        for (int position = 0; position < grouping.sizeOf(group); position++) {
            root = fold.offer(new Node(0, position), parts.apply(position)).orElse(null);
        }
        return root;
    }

    /** SplitMix64's finish. */
    private static long mixed(long z) {
        z = (z + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
