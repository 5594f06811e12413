package io.syncbn.deploy.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.deploy.view.Thinned.Point;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThinnedTest {

    @Test
    void fewStepsStayAsTheyAre() {
        Thinned series = new Thinned();
        for (int step = 1; step <= Thinned.MOST_POINTS; step++) {
            series.add(step, step * 0.5);
        }
        assertThat(series.points()).hasSize(Thinned.MOST_POINTS);
        assertThat(series.points().get(6)).isEqualTo(Point.of(7, 1, 3.5, 3.5, 3.5));
    }

    /** No step is lost, no peak is flattened, and there are never more points than may be. */
    @Test
    void manyStepsKeepMeansAndPeaks() {
        Random random = new Random(3);
        double[] values = random.doubles(100_000, -1, 1).toArray();
        values[54_321] = 1e6;
        Thinned series = new Thinned();
        for (int i = 0; i < values.length; i++) {
            series.add(i + 1, values[i]);
            assertThat(series.points().size()).isLessThanOrEqualTo(Thinned.MOST_POINTS);
        }
        assertThat(series.points().size()).isGreaterThan(Thinned.MOST_POINTS / 2 - 1);
        int from = 0;
        for (Point point : series.points()) {
            double[] of = Arrays.copyOfRange(values, from, (int) point.last());
            assertThat(point.count()).isEqualTo(of.length);
            assertThat(point.mean()).isCloseTo(Arrays.stream(of).average().orElseThrow(), within(1e-9));
            assertThat(point.least()).isEqualTo(Arrays.stream(of).min().orElseThrow());
            assertThat(point.most()).isEqualTo(Arrays.stream(of).max().orElseThrow());
            from = (int) point.last();
        }
        assertThat(from).isEqualTo(values.length);
    }

    @Test
    void whatIsNoNumberIsLeftOut() {
        Thinned series = new Thinned();
        series.add(1, Double.NaN);
        series.add(2, Double.POSITIVE_INFINITY);
        series.add(3, 1);
        assertThat(series.points()).containsExactly(Point.of(3, 1, 1, 1, 1));
    }

    @Test
    void theRecentMeanIsThatOfTheLast() {
        Thinned series = new Thinned();
        for (int step = 1; step <= 100; step++) {
            series.add(step, step);
        }
        assertThat(series.recentMean(10)).isEqualTo(95.5);
        assertThat(new Thinned().recentMean(10)).isNaN();
    }
}
