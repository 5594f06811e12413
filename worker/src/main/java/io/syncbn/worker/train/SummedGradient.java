package io.syncbn.worker.train;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.Chunks;
import io.syncbn.worker.optim.L2Norm;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The gradient over all shards, of its chunks. Where a worker is alone, its first shard's gradient has become the sum, and is
 * taken as it is; chunks that came from elsewhere are put together in an array of this object. For one thread.
 */
final class SummedGradient {
    private final Chunks chunks;

    /** Made when it is needed: it is as large as the model. */
    private float[] own;

    /** @param size of the gradient */
    SummedGradient(int size) {
        this.chunks = Chunks.ofGradient(size);
    }

    /** How many chunks there are. */
    int count() {
        return chunks.count();
    }

    /**
     * The gradient of a step.
     *
     * @param sums over all shards, by the chunk's number
     * @return flat, until the next step begins
     */
    float[] of(IntFunction<Chunk> sums) {
        List<Chunk> all = IntStream.range(0, chunks.count()).mapToObj(sums).toList();
        float[] first = all.get(0).values();
        float[] whole = first.length == chunks.floats() ? first : own();
        for (int chunk = 0; chunk < all.size(); chunk++) {
            if (all.get(chunk).values() != whole) {
                chunks.paste(all.get(chunk), chunk, whole);
            }
        }
        return whole;
    }

    private float[] own() {
        if (own == null) {
            own = new float[chunks.floats()];
        }
        return own;
    }

    /** Of a gradient: the sum over its chunks, in their order. */
    double squaredNorm(float[] gradient) {
        return IntStream.range(0, chunks.count())
                .mapToDouble(chunk -> L2Norm.squared(chunks.of(gradient, chunk)))
                .reduce(0, Double::sum);
    }
}
