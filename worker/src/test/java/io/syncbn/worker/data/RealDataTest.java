package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.nn.Shape;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Real digits and photographs, from shared/data beside the repository. */
class RealDataTest {

    @Test
    void readsMnist() {
        try (Dataset data = TestFiles.open("mnist", TestFiles.real("mnist-8k"))) {
            assertThat(data.shape()).isEqualTo(new Shape(28, 28, 1));
            assertThat(data.train().size()).isEqualTo(8000);
            assertThat(data.test().size()).isEqualTo(2000);
            assertThat(IntStream.range(0, 5).map(data.train()::label)).containsExactly(2, 1, 0, 4, 4);
            ChannelStatistics statistics = ChannelStatistics.of(
                    ChannelStatistics.sums(data.train(), data.shape(), new ShardRows(8000, 1).of(0)));
            assertThat(statistics.mean()[0]).isCloseTo(0.13242f, within(1e-5f));
            assertThat(statistics.deviation()[0]).isCloseTo(0.31036f, within(1e-5f));
        }
    }

    @Test
    void readsCifarFromAZipOfJpegs() {
        try (Dataset data = TestFiles.open("imagefolder", TestFiles.real("cifar10-imagefolder.zip"))) {
            assertThat(data.shape()).isEqualTo(new Shape(32, 32, 3));
            assertThat(data.classes()).isEqualTo(10);
            assertThat(data.train().size()).isEqualTo(50_000);
            assertThat(data.test().size()).isEqualTo(10_000);
            assertThat(IntStream.of(0, 4999, 5000, 49_999).map(data.train()::label))
                    .containsExactly(0, 0, 1, 9);
            int[] everyHundredth = new ShardRows(50_000, 100).of(0);
            DecodedDataset decoded = new DecodedDataset(data, 1 << 30);
            decoded.prepare(everyHundredth, new int[0], 2);
            ChannelStatistics statistics =
                    ChannelStatistics.of(ChannelStatistics.sums(decoded.train(), data.shape(), everyHundredth));
            assertThat(statistics.mean()[0]).isCloseTo(0.491f, within(0.015f));
            assertThat(statistics.mean()[1]).isCloseTo(0.482f, within(0.015f));
            assertThat(statistics.mean()[2]).isCloseTo(0.447f, within(0.015f));
            assertThat(statistics.deviation()[0]).isCloseTo(0.247f, within(0.015f));
        }
    }
}
