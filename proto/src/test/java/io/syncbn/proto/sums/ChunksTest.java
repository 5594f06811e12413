package io.syncbn.proto.sums;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.Protocol;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where gradients and states are cut into chunks. */
class ChunksTest {
    private static final int MOST = Protocol.MAX_CHUNK_BYTES / Float.BYTES;

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, MOST / 4 - 1, MOST / 4, MOST / 4 + 1, MOST, MOST + MOST / 4, MOST + MOST / 4 + 1, 272_474})
    void chunksAreTheGradientInFramesTheFirstASmallOne(int floats) {
        Chunks chunks = Chunks.ofGradient(floats);
        float[] gradient = new float[floats];
        for (int i = 0; i < floats; i++) {
            gradient[i] = i;
        }
        float[] pasted = new float[floats];
        int total = 0;
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            Chunk values = chunks.of(gradient, chunk);
            assertThat(values.values()).isSameAs(gradient);
            assertThat(values.length()).isLessThanOrEqualTo(chunk == 0 ? MOST / 4 : MOST);
            assertThat(chunks.start(chunk)).isEqualTo(total);
            assertThat(values.from()).isEqualTo(total);
            total += values.length();
            assertThat(values.to()).isEqualTo(total);
            chunks.paste(values, chunk, pasted);
        }
        assertThat(total).isEqualTo(floats);
        assertThat(pasted).isEqualTo(gradient);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20_000, 272_474})
    void aChunkIsFinalWhenAllOfItIs(int floats) {
        Chunks chunks = Chunks.ofGradient(floats);
        for (int offset = 0; offset <= floats; offset++) {
            int from = offset;
            int first = IntStream.range(0, chunks.count())
                    .filter(chunk -> chunks.start(chunk) >= from)
                    .findFirst()
                    .orElse(chunks.count());
            assertThat(chunks.firstFrom(offset)).as("from %d", offset).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MOST - 1, MOST, MOST + 1, 2 * MOST, 272_474})
    void aStateIsCutIntoAsFewFramesAsItFits(int floats) {
        Chunks chunks = Chunks.ofState(floats);
        assertThat(chunks.count()).isEqualTo(Math.max(1, (floats + MOST - 1) / MOST));
        int total = 0;
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            int length = chunks.of(new float[floats], chunk).length();
            assertThat(chunk + 1 < chunks.count() ? MOST : floats - total).isEqualTo(length);
            total += length;
        }
        assertThat(total).isEqualTo(floats);
    }
}
