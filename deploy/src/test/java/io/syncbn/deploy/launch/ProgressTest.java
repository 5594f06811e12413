package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
    /** Progress does not look at processes. */
    private static final ProcessTable NOBODY = null;

    @TempDir
    private Path temporary;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final AtomicLong nowMillis = new AtomicLong();
    private Path metrics;
    private Path events;
    private Path log;

    @BeforeEach
    void file() {
        metrics = temporary.resolve("metrics.jsonl");
        events = temporary.resolve("events.jsonl");
        log = temporary.resolve("worker-0.log");
    }

    @Test
    void aLineTellsTheFiguresOfTheLatestSteps() throws IOException {
        Progress progress = progress(new Job.Length(4, 0));
        append(step(1, 0.1, 2.0, 0.25, 8, 10, 2));
        progress.tick(NOBODY);
        append(step(2, 0.2, 1.0, 0.75, 24, 30, 8));
        nowMillis.set(10_000);
        progress.tick(NOBODY);
        // Weighted by examples: loss (2·8 + 1·24)/32, accuracy (0.25·8 + 0.75·24)/32; 4 epochs are 40 steps of 20 ms.
        assertThat(output())
                .isEqualTo(
                        "step 2/40  epoch 0.20  loss 1.250  accuracy 62.5 %  800 images/s  waiting 25 %  0 s left\n");
    }

    @Test
    void whatAWorkerSaysOfTheDataIsShownOnceItIsWhole() throws IOException {
        Files.writeString(log, "2026-11-28 22:41:07.120 INFO io.syncbn.worker: data: test, of a run before\n");
        Progress progress = progress(new Job.Length(4, 0));
        String time = "2026-11-28 22:41:08.120 INFO io.syncbn.worker: ";
        Files.writeString(log, time + "data: training, 40 rows\n" + time + "metrics\n", StandardOpenOption.APPEND);
        progress.tick(NOBODY);
        assertThat(output()).isEmpty();
        Files.writeString(log, time + "data: test, 20 rows\n", StandardOpenOption.APPEND);
        progress.tick(NOBODY);
        progress.tick(NOBODY);
        assertThat(output()).isEqualTo("data: training, 40 rows\ndata: test, 20 rows\n");
    }

    @Test
    void linesComeNowAndThenButEvaluationsAtOnce() throws IOException {
        Progress progress = progress(new Job.Length(0, 100));
        append(step(1, 0.1, 2, 0.5, 8, 1000, 2));
        progress.tick(NOBODY);
        assertThat(output()).isEmpty();

        append(evaluation(1));
        progress.tick(NOBODY);
        assertThat(output()).isEqualTo("step 1  epoch 0.10  test loss 1.500  test accuracy 65.43 %\n");

        nowMillis.set(10_000);
        append(step(2, 0.2, 2, 0.5, 8, 1000, 2));
        progress.tick(NOBODY);
        assertThat(output()).contains("step 2/100  epoch 0.20").contains("98 s left");
    }

    @Test
    void halfALineWaitsForItsEnd() throws IOException {
        Progress progress = begun();
        String line = step(7, 0.7, 2, 0.5, 8, 10, 2);
        append(line.substring(0, 20));
        progress.tick(NOBODY);
        assertThat(output()).isEmpty();
        append(line.substring(20));
        progress.tick(NOBODY);
        assertThat(output()).startsWith("step 7/100");
    }

    @Test
    void whatAnEarlierRunWroteIsNotNews() throws IOException {
        append(evaluation(1) + evaluation(2));
        Progress progress = progress(new Job.Length(0, 100));
        // The resumed run cuts off what came after its checkpoint, then goes on.
        Files.writeString(metrics, evaluation(1));
        progress.tick(NOBODY);
        assertThat(output()).isEmpty();
        append(evaluation(2));
        progress.close();
        assertThat(output()).startsWith("step 2  ").hasLineCount(1);
    }

    @Test
    void whatHappensToTheMembershipIsToldOnceTrainingHasBegun() throws IOException {
        Progress progress = progress(new Job.Length(0, 100));
        happens("joined", "worker-0 joined");
        happens("generation", "generation 1 begins");
        progress.tick(NOBODY);
        assertThat(output()).isEmpty();

        happens("lost", "worker-0 was lost");
        happens("generation", "generation 2 begins");
        progress.tick(NOBODY);
        happens("done", "the job is done");
        progress.say("worker-0 was killed");
        progress.close();
        assertThat(output()).isEqualTo("worker-0 was lost\ngeneration 2 begins\nworker-0 was killed\n");
    }

    @Test
    void aLossThatIsNoNumberIsShownAsSuch() throws IOException {
        Progress progress = begun();
        append(step(1, 0.1, 2, 0.5, 8, 10, 2).replace("2.0,\"accuracy", "\"NaN\",\"accuracy"));
        progress.tick(NOBODY);
        assertThat(output()).contains("loss NaN");
    }

    private Progress progress(Job.Length length) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Progress(metrics, events, log, length, new LineDisplay(stream, nowMillis::get));
    }

    /** Progress after its first step, which opens the interval, at the end of that interval. */
    private Progress begun() throws IOException {
        Progress progress = progress(new Job.Length(0, 100));
        append(step(1, 0.1, 2, 0.5, 8, 10, 2));
        progress.tick(NOBODY);
        nowMillis.set(10_000);
        return progress;
    }

    private static String evaluation(int step) {
        return "{\"step\":" + step + ",\"epoch\":0.1,\"testLoss\":1.5,\"testAccuracy\":0.6543}\n";
    }

    private static String step(
            int step, double epoch, double loss, double accuracy, int examples, double stepMillis, double syncMillis) {
        return "{\"step\":" + step + ",\"epoch\":" + epoch + ",\"loss\":" + loss + ",\"accuracy\":" + accuracy
                + ",\"learningRate\":0.1,\"examples\":" + examples + ",\"stepMillis\":" + stepMillis
                + ",\"syncMillis\":" + syncMillis + "}\n";
    }

    private void happens(String event, String text) throws IOException {
        String line = "{\"event\":\"" + event + "\",\"text\":\"" + text + "\"}\n";
        Files.writeString(events, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void append(String text) throws IOException {
        Files.writeString(metrics, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
