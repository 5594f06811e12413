package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.Chunks;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SummedGradientTest {
    private static final int SIZE = 150_000;

    private final Chunks chunks = Chunks.ofGradient(SIZE);
    private final float[] numbers = new float[SIZE];
    private final SummedGradient gradient = new SummedGradient(SIZE);

    SummedGradientTest() {
        Random random = new Random(17);
        for (int i = 0; i < SIZE; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
    }

    @Test
    void aGradientThatAShardHasIsTakenAsItIs() {
        assertThat(gradient.count()).isGreaterThan(2);
        assertThat(gradient.of(chunk -> chunks.of(numbers, chunk))).isSameAs(numbers);
    }

    @Test
    void chunksFromElsewhereArePutTogether() {
        float[] first = gradient.of(chunk -> own(chunk, 1));
        assertThat(first).isEqualTo(numbers);
        float[] second = gradient.of(chunk -> own(chunk, 2));
        for (int i = 0; i < SIZE; i++) {
            assertThat(second[i]).isEqualTo(2 * numbers[i]);
        }
    }

    @Test
    void aGradientOfOneChunkIsTakenAsItIs() {
        Chunk only = new Chunk(new float[] {1, 2, 3});
        assertThat(new SummedGradient(3).of(chunk -> only)).isSameAs(only.values());
    }

    @Test
    void theSquaredNormIsOfAllNumbers() {
        double squared = 0;
        for (float number : numbers) {
            squared += (double) number * number;
        }
        assertThat(gradient.squaredNorm(numbers)).isCloseTo(squared, withinPercentage(1e-9));
    }

    /** A chunk as it comes from the coordinator: in an array of its own. */
    private Chunk own(int number, float factor) {
        Chunk chunk = chunks.of(numbers, number);
        float[] copy = Arrays.copyOfRange(numbers, chunk.from(), chunk.to());
        for (int i = 0; i < copy.length; i++) {
            copy[i] *= factor;
        }
        return new Chunk(copy);
    }
}
