package io.syncbn.worker.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.tensorboard.Event;
import io.syncbn.proto.tensorboard.HistogramProto;
import io.syncbn.proto.tensorboard.Summary;
import io.syncbn.proto.tensorboard.hparams.DataType;
import io.syncbn.proto.tensorboard.hparams.HParamInfo;
import io.syncbn.proto.tensorboard.hparams.HParamsPluginData;
import io.syncbn.proto.tensorboard.hparams.SessionStartInfo;
import io.syncbn.proto.tensorboard.hparams.Status;
import io.syncbn.worker.tensorboard.TensorBoardReader.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files, read by a reader of the tests' own. */
class RunEventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long NOW = 1_795_966_130_250L;
    private static final Map<String, String> SETTINGS = JobParser.parse(
                    Map.of("model", "lenet", "norm-momentum", "cumulative", "steps", "9", "nesterov", "true"), 2)
            .settings();

    @TempDir
    private Path directory;

    private static JsonNode step(long number) {
        return JSON.createObjectNode()
                .put("step", number)
                .put("epoch", number / 7.0)
                .put("loss", 1.0 / number)
                .put("accuracy", number / 10.0)
                .put("learningRate", 0.05)
                .put("examples", 8)
                .put("stepMillis", 40.0)
                .put("momentsMillis", 12.5)
                .put("syncMillis", 13.25);
    }

    private static JsonNode evaluation(long number) {
        return JSON.createObjectNode()
                .put("step", number)
                .put("epoch", number / 7.0)
                .put("testLoss", 2.0 / number)
                .put("testAccuracy", number / 20.0)
                .put("preciseTestAccuracy", number / 30.0);
    }

    /** Steps, with an evaluation after every second. */
    private static void write(RunEvents events, long first, long last) throws IOException {
        for (long number = first; number <= last; number++) {
            events.line(step(number), NOW + 1000 * number);
            if (number % 2 == 0) {
                events.line(evaluation(number), NOW + 1000 * number + 500);
            }
        }
    }

    private List<Long> steps(String tag) throws IOException {
        return TensorBoardReader.values(directory, tag).stream()
                .map(Value::step)
                .toList();
    }

    private static List<Long> steps(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private float value(String tag, long step) throws IOException {
        return TensorBoardReader.values(directory, tag).stream()
                .filter(value -> value.step() == step)
                .findFirst()
                .orElseThrow()
                .value()
                .getSimpleValue();
    }

    @Test
    void everyLineIsThereUnderItsTags() throws IOException {
        try (RunEvents events = new RunEvents(directory, SETTINGS, 0)) {
            write(events, 1, 4);
        }
        assertThat(TensorBoardReader.files(directory)).singleElement().satisfies(file -> assertThat(
                        file.getFileName().toString())
                .matches("events\\.out\\.tfevents\\.1795966131\\..+\\."
                        + ProcessHandle.current().pid() + "\\.0"));
        for (String tag : List.of("loss", "accuracy", "learning_rate", "epoch")) {
            assertThat(steps("train/" + tag)).isEqualTo(steps(1, 4));
        }
        for (String tag : List.of("loss", "accuracy", "precise_accuracy")) {
            assertThat(steps("test/" + tag)).containsExactly(2L, 4L);
        }
        assertThat(value("train/loss", 3)).isEqualTo((float) (1.0 / 3));
        assertThat(value("train/accuracy", 3)).isEqualTo(0.3f);
        assertThat(value("time/step_ms", 3)).isEqualTo(40f);
        assertThat(value("time/moments_ms", 3)).isEqualTo(12.5f);
        assertThat(value("time/sync_ms", 3)).isEqualTo(13.25f);
        assertThat(value("images_per_second", 3)).isEqualTo(200f);
        assertThat(value("test/loss", 4)).isEqualTo(0.5f);
        assertThat(value("test/precise_accuracy", 4)).isEqualTo((float) (4 / 30.0));
        assertThat(TensorBoardReader.values(directory, "test/loss").get(1).seconds())
                .isEqualTo((NOW + 4500) / 1000.0);
    }

    @Test
    void aNumberThatIsNotFiniteIsNone() throws IOException {
        try (RunEvents events = new RunEvents(directory, SETTINGS, 0)) {
            events.line(((ObjectNode) step(1)).putNull("loss"), NOW);
        }
        assertThat(value("train/loss", 1)).isNaN();
    }

    /** What the next writer is told of: the last steps that it has seen, some of which the killed one has written. */
    @Test
    void stepsAreThereOnceAfterAWriterWasKilled() throws IOException {
        try (RunEvents events = new RunEvents(directory, SETTINGS, 0)) {
            write(events, 1, 6);
        }
        Path file = TensorBoardReader.files(directory).get(0);
        List<Event> events6 = TensorBoardReader.events(file);
        int lastRecord = events6.get(events6.size() - 1).getSerializedSize() + 16;
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - lastRecord - 20)); // within step 6
        assertThat(steps("train/loss")).isEqualTo(steps(1, 5));
        try (RunEvents events = new RunEvents(directory, SETTINGS, 8)) {
            for (long number = 2; number <= 8; number++) {
                events.line(step(number), NOW);
            }
            events.line(evaluation(8), NOW);
            write(events, 9, 10);
        }
        assertThat(TensorBoardReader.files(directory)).hasSize(2).first().isEqualTo(file);
        assertThat(steps("train/loss")).isEqualTo(steps(1, 10));
        assertThat(steps("test/accuracy")).containsExactly(2L, 4L, 8L, 10L);
    }

    /** It repeats the evaluation of the step from which it goes on. */
    @Test
    void aJobThatWentBackReplacesWhatCameAfter() throws IOException {
        try (RunEvents events = new RunEvents(directory, SETTINGS, 0)) {
            write(events, 1, 9);
        }
        try (RunEvents events = new RunEvents(directory, SETTINGS, 4)) {
            events.line(evaluation(4), NOW);
            write(events, 5, 7);
        }
        assertThat(steps("train/loss")).isEqualTo(steps(1, 7));
        assertThat(steps("test/loss")).containsExactly(2L, 4L, 6L);
        try (RunEvents events = new RunEvents(directory, SETTINGS, 7)) {
            write(events, 8, 9);
        }
        assertThat(steps("train/loss")).isEqualTo(steps(1, 9));
        assertThat(steps("test/loss")).containsExactly(2L, 4L, 6L, 8L);
    }

    /** Its thread is slow; a process that has just been started knows of no earlier steps. */
    @Test
    void whatTheWriterBeforeHasYetToWriteStays() throws IOException {
        try (RunEvents before = new RunEvents(directory, SETTINGS, 0);
                RunEvents next = new RunEvents(directory, SETTINGS, 6)) {
            write(before, 1, 4);
            write(next, 7, 8);
            write(before, 5, 6);
        }
        assertThat(steps("train/loss")).isEqualTo(steps(1, 8));
        assertThat(steps("test/loss")).containsExactly(2L, 4L, 6L, 8L);
    }

    /** It was killed before it had written a step. */
    @Test
    void aRestartWithoutAStepReplacesAllTheSame() throws IOException {
        try (RunEvents events = new RunEvents(directory, SETTINGS, 0)) {
            write(events, 1, 9);
        }
        try (RunEvents events = new RunEvents(directory, SETTINGS, 4)) {
            events.histograms(4, Map.of("bn1/gamma", new float[] {1}), NOW);
        }
        try (RunEvents events = new RunEvents(directory, SETTINGS, 6)) {
            write(events, 5, 8);
        }
        assertThat(steps("train/loss")).isEqualTo(steps(1, 8));
        assertThat(steps("test/loss")).containsExactly(2L, 4L, 6L, 8L);
    }

    @Test
    void aWriterWhoseClockIsBehindComesAfterAllTheSame() throws IOException {
        try (RunEvents events = new RunEvents(directory, SETTINGS, 0)) {
            write(events, 1, 4);
        }
        try (RunEvents events = new RunEvents(directory, SETTINGS, 2)) {
            events.line(step(3), NOW - 90_000);
        }
        assertThat(steps("train/loss")).isEqualTo(steps(1, 3));
    }

    @Test
    void nothingIsLeftWithoutAStep() throws IOException {
        new RunEvents(directory.resolve("none"), SETTINGS, 0).close();
        assertThat(directory.resolve("none")).doesNotExist();
        assertThat(RunEvents.areIn(directory.resolve("none"))).isFalse();
    }

    private HParamsPluginData plugin(String name) throws IOException {
        Summary.Value value =
                TensorBoardReader.values(directory, "_hparams_/" + name).get(0).value();
        assertThat(value.getMetadata().getPluginData().getPluginName()).isEqualTo("hparams");
        try {
            return HParamsPluginData.parseFrom(
                    value.getMetadata().getPluginData().getContent());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void settingsAreHyperparameters() throws IOException {
        try (RunEvents events = new RunEvents(directory, SETTINGS, 0)) {
            events.line(step(1), NOW);
            events.done(1, NOW + 2000);
        }
        Map<String, DataType> types = plugin("experiment").getExperiment().getHparamInfosList().stream()
                .collect(Collectors.toMap(HParamInfo::getName, HParamInfo::getType));
        assertThat(types)
                .containsEntry("lr", DataType.DATA_TYPE_FLOAT64)
                .containsEntry("shards", DataType.DATA_TYPE_FLOAT64)
                .containsEntry("nesterov", DataType.DATA_TYPE_BOOL)
                .containsEntry("shuffle", DataType.DATA_TYPE_BOOL)
                .containsEntry("norm-momentum", DataType.DATA_TYPE_STRING)
                .containsEntry("schedule", DataType.DATA_TYPE_STRING)
                .containsEntry("beta1", DataType.DATA_TYPE_FLOAT64); // of other jobs
        assertThat(plugin("experiment").getExperiment().getMetricInfosList())
                .extracting(metric -> metric.getName().getTag())
                .containsExactly("test/accuracy", "test/loss");
        SessionStartInfo start = plugin("session_start_info").getSessionStartInfo();
        assertThat(start.getStartTimeSecs()).isEqualTo(NOW / 1000.0);
        assertThat(start.getHparamsOrThrow("model").getStringValue()).isEqualTo("lenet");
        assertThat(start.getHparamsOrThrow("norm-momentum").getStringValue()).isEqualTo("cumulative");
        assertThat(start.getHparamsOrThrow("lr").getNumberValue()).isEqualTo(0.05);
        assertThat(start.getHparamsOrThrow("nesterov").getBoolValue()).isTrue();
        assertThat(start.containsHparams("beta1")).isFalse();
        assertThat(plugin("session_end_info").getSessionEndInfo().getStatus()).isEqualTo(Status.STATUS_SUCCESS);
    }

    @Test
    void aHistogramCountsEveryNumberOnce() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        float[] numbers = new float[1000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian(-3, 2);
        }
        HistogramProto histogram = Histogram.of(numbers).orElseThrow();
        double least = Float.MAX_VALUE;
        double greatest = -Float.MAX_VALUE;
        double sum = 0;
        double squares = 0;
        for (float number : numbers) {
            least = Math.min(least, number);
            greatest = Math.max(greatest, number);
            sum += number;
            squares += (double) number * number;
        }
        double[] counts = new double[30];
        for (float number : numbers) {
            int bucket = 0;
            while (bucket < 29 && number >= histogram.getBucketLimit(bucket)) {
                bucket++;
            }
            counts[bucket]++;
        }
        assertThat(histogram.getBucketList()).as("seed " + seed).containsExactly(boxed(counts));
        assertThat(histogram.getBucketLimit(14)).isCloseTo((least + greatest) / 2, within(1e-9));
        assertThat(histogram.getBucketLimit(29)).isEqualTo(greatest);
        assertThat(histogram.getMin()).isEqualTo(least);
        assertThat(histogram.getMax()).isEqualTo(greatest);
        assertThat(histogram.getNum()).isEqualTo(1000);
        assertThat(histogram.getSum()).isEqualTo(sum);
        assertThat(histogram.getSumSquares()).isEqualTo(squares);
    }

    /** But the greatest one. */
    @Test
    void aNumberAtALimitBelongsToTheNextBucket() {
        float[] numbers = new float[31];
        Double[] counts = new Double[30];
        for (int i = 0; i <= 30; i++) {
            numbers[i] = i;
            counts[Math.min(i, 29)] = i < 29 ? 1.0 : 2.0;
        }
        assertThat(Histogram.of(numbers).orElseThrow().getBucketList()).containsExactly(counts);
    }

    private static Double[] boxed(double[] numbers) {
        return Arrays.stream(numbers).boxed().toArray(Double[]::new);
    }

    @Test
    void aHistogramLeavesOutWhatIsNotFinite() {
        HistogramProto histogram = Histogram.of(new float[] {2, Float.NaN, 2, Float.POSITIVE_INFINITY})
                .orElseThrow();
        assertThat(histogram.getBucketList()).containsExactly(2.0);
        assertThat(histogram.getBucketLimitList()).containsExactly(2.0);
        assertThat(Histogram.of(new float[] {Float.NaN})).isEmpty();
    }
}
