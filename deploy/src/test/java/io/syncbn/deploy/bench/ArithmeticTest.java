package io.syncbn.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What tables and results compute. */
class ArithmeticTest {

    @Test
    void theMedianIsInTheMiddle() {
        assertThat(new Samples(new double[] {5, 1, 3}).median()).isEqualTo(3);
        assertThat(new Samples(new double[] {4, 1, 3, 2}).median()).isEqualTo(2.5);
        assertThat(Samples.of(List.of(7.0)).median()).isEqualTo(7);
        assertThat(new Samples(new double[] {5, 1, 3}).least()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Samples(new double[0]));
    }

    @Test
    void the99thPercentileLeavesOutOneInAHundred() {
        double[] hundred =
                DoubleStream.iterate(1, value -> value + 1).limit(100).toArray();
        double[] twoHundred =
                DoubleStream.iterate(1, value -> value + 1).limit(200).toArray();
        assertThat(new Samples(hundred).percentile99()).isEqualTo(99);
        assertThat(new Samples(twoHundred).percentile99()).isEqualTo(198);
        assertThat(new Samples(new double[] {2, 9, 1}).percentile99()).isEqualTo(9);
    }

    @Test
    void aLineGoesThroughPointsOnOne() {
        Line line = Line.through(List.of(new Line.Point(0, 3), new Line.Point(10, 8), new Line.Point(100, 53)));
        assertThat(line.intercept()).isCloseTo(3, within(1e-12));
        assertThat(line.slope()).isCloseTo(0.5, within(1e-12));
        assertThat(line.fit()).isCloseTo(1, within(1e-12));
    }

    @Test
    void aLineLeavesTheLeastSquares() {
        Line line = Line.through(List.of(new Line.Point(1, 1), new Line.Point(2, 3), new Line.Point(3, 2)));
        assertThat(line.intercept()).isCloseTo(1, within(1e-12));
        assertThat(line.slope()).isCloseTo(0.5, within(1e-12));
        assertThat(line.fit()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void aLineNeedsTwoSizes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Line.through(List.of(new Line.Point(1, 1), new Line.Point(1, 2))));
    }

    @Test
    void largeVectorsAreSummedLessOften() {
        assertThat(SumPlan.of(33, 2000)).isEqualTo(new SumPlan(8000, 2000));
        assertThat(SumPlan.of(270_000, 2000)).isEqualTo(new SumPlan(2000, 296));
        assertThat(SumPlan.of(2_700_000, 2000)).isEqualTo(new SumPlan(200, 50));
        assertThat(SumPlan.of(1 << 28, 2000)).isEqualTo(new SumPlan(200, 50));
        assertThat(SumPlan.of(1 << 28, 7)).isEqualTo(new SumPlan(28, 7));
    }

    @Test
    void largeConfigurationsTakeFewerSteps() {
        assertThat(new Configuration(2, 4).steps(800)).isEqualTo(800);
        assertThat(new Configuration(4, 4).steps(800)).isEqualTo(400);
        assertThat(new Configuration(2, 32).steps(800)).isEqualTo(300);
        assertThat(new Configuration(2, 4).peerSteps(800)).isEqualTo(100);
        assertThat(new Configuration(2, 32).peerSteps(800)).isEqualTo(37);
    }

    @Test
    void aModelIsWrittenWithTheSizeOfItsPictures() {
        assertThat(Workload.parse(" resnet18:64")).contains(new Workload("resnet18", 64));
        assertThat(Workload.parse("resnet18")).isEmpty();
        assertThat(Workload.parse("resnet18:0")).isEmpty();
        assertThat(Workload.parse(":64")).isEmpty();
    }

    @Test
    void configurationsAreReadAsTheyAreWritten() {
        assertThat(Configuration.parse(" 2x32 ")).contains(new Configuration(2, 32));
        assertThat(Configuration.parse("2×4")).contains(new Configuration(2, 4));
        for (String wrong : List.of("", "2", "2x", "0x4", "2x0", "-2x4", "2x4x8", "99999x1")) {
            assertThat(Configuration.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void halfOfAShortRunWarmsUpAndAFifthOfALongOne() {
        assertThat(StepResult.leftOut(10)).isEqualTo(5);
        assertThat(StepResult.leftOut(400)).isEqualTo(200);
        assertThat(StepResult.leftOut(1000)).isEqualTo(500);
        assertThat(StepResult.leftOut(1600)).isEqualTo(500);
        assertThat(StepResult.leftOut(3000)).isEqualTo(600);
    }

    @Test
    void allSizesWarmUpBeforeTheFirstIsTimed() {
        // Rounds of 1, 2, …, 10 µs of each size: each begins where the one before ended.
        Iterator<Long> nanos = Stream.of(1, 2)
                .flatMap(size -> LongStream.rangeClosed(1, 10).boxed())
                .flatMap(round -> Stream.of(0L, 1000 * round))
                .iterator();
        List<Integer> summed = new ArrayList<>();
        List<AllReduceResult> results = AllReduceResult.measure(
                "syncbn", List.of(33, 66), 2, 10, nanos::next, floats -> () -> summed.add(floats));
        assertThat(results)
                .containsExactly(
                        new AllReduceResult("syncbn", 33, 2, 10, 40, 5.5, 10),
                        new AllReduceResult("syncbn", 66, 2, 10, 40, 5.5, 10));
        List<Integer> expected = new ArrayList<>(Collections.nCopies(40, 33));
        expected.addAll(Collections.nCopies(40, 66));
        expected.addAll(Collections.nCopies(10, 33));
        expected.addAll(Collections.nCopies(10, 66));
        assertThat(summed).isEqualTo(expected);
    }

    @Test
    void medianOverRoundsIsOfWhatWasMeasured() {
        Results results = new Results(
                List.of(
                        Json.object().put("peer", "a").put("workers", 2).put("ms", 3.0),
                        Json.object().put("peer", "a").put("workers", 2).put("ms", 9.0),
                        Json.object().put("peer", "a").put("workers", 2).put("ms", 4.0),
                        Json.object().put("peer", "a").put("workers", 2).put("other", 1),
                        Json.object().put("peer", "a").put("workers", 4).put("ms", 100.0),
                        Json.object().put("peer", "b").put("workers", 2).put("ms", 100.0)),
                List.of());
        assertThat(results.median("/ms", Map.of("peer", "a", "workers", 2))).hasValue(4);
        assertThat(results.median("/ms", Map.of("peer", "c"))).isEmpty();
        assertThat(results.median("/missing", Map.of("peer", "a"))).isEmpty();
    }

    @Test
    void aRatioNeedsBothNumbers() {
        OptionalDouble none = OptionalDouble.empty();
        assertThat(MarkdownTable.ratio(OptionalDouble.of(6), OptionalDouble.of(4)))
                .hasValue(1.5);
        assertThat(MarkdownTable.ratio(none, OptionalDouble.of(4))).isEmpty();
        assertThat(MarkdownTable.ratio(OptionalDouble.of(6), none)).isEmpty();
        assertThat(MarkdownTable.number(OptionalDouble.of(12345.678), 1)).isEqualTo("12,345.7");
        assertThat(MarkdownTable.number(none, 1)).isEqualTo("–");
    }

    @Test
    void theResidentMemoryIsReadFromProc() {
        assertThat(ResidentMemory.peakKilobytes(List.of("Name:\tjava", "VmHWM:\t  439012 kB", "VmRSS:\t 1 kB")))
                .isEqualTo(439012);
        assertThat(ResidentMemory.peakKilobytes(List.of("Name:\tkthreadd"))).isZero();
    }
}
