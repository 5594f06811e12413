package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareTest {

    /** Each thing of each panel belongs to one share, and slices consist of whole units. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "3, 2", "8, 8", "3, 8", "1, 7", "9, 4"})
    void sharesAreDisjointAndComplete(int panels, int threads) {
        List<Integer> firsts =
                IntStream.range(0, panels).map(i -> 64 * i).boxed().toList();
        List<Share> shares = Share.of(firsts, threads);
        assertThat(shares).hasSizeLessThanOrEqualTo(threads).hasSizeGreaterThanOrEqualTo(Math.min(panels, threads));
        for (int count : new int[] {1, 7, 8, 21, 64, 1000}) {
            Set<List<Integer>> seen = new HashSet<>();
            for (Share share : shares) {
                int from = share.from(count, 8);
                assertThat(from % 8 == 0 || from == count).isTrue();
                for (int panel : share.panels()) {
                    for (int i = from; i < share.to(count, 8); i++) {
                        assertThat(seen.add(List.of(panel, i)))
                                .as("%d of %d", i, panel)
                                .isTrue();
                    }
                }
            }
            assertThat(seen).hasSize(panels * count);
        }
    }
}
