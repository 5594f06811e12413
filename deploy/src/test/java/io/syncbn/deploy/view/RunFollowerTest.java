package io.syncbn.deploy.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.proto.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFollowerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path run;

    private Job job() throws IOException {
        Path file = run.resolve("job.yaml");
        Files.writeString(file, "steps: 100000\nshards: 4\nbatch: 2\n");
        return SettingsReader.read(List.of(), Map.of(RunSettings.JOB.name(), file.toString()), List.of())
                .job(1)
                .orElseThrow();
    }

    private static String step(long step, double loss) {
        return "{\"step\":" + step + ",\"epoch\":" + step / 500.0 + ",\"loss\":" + loss
                + ",\"accuracy\":0.25,\"learningRate\":0.1,\"examples\":8,\"stepMillis\":20.0}\n";
    }

    private JsonNode json(RunFollower follower) throws IOException {
        follower.refresh();
        return JSON.readTree(follower.story().json(0).toString());
    }

    @Test
    void theSeriesAreThoseOfTheFileAsItGrows() throws IOException {
        RunFollower follower = new RunFollower(run, job());
        Path metrics = run.resolve("metrics.jsonl");
        Files.writeString(metrics, step(1, 2.5) + step(2, 2.25) + step(3, 2).substring(0, 20));
        JsonNode json = json(follower);
        assertThat(json.path("step").asInt()).isEqualTo(2);
        assertThat(json.path("curves").path("loss").toString()).isEqualTo("{\"step\":[1,2],\"mean\":[2.5,2.25]}");
        Files.writeString(
                metrics,
                step(3, 2).substring(20) + "{\"step\":3,\"testLoss\":1.5,\"testAccuracy\":0.5,"
                        + "\"emaTestLoss\":1.25,\"emaTestAccuracy\":0.75}\n",
                StandardOpenOption.APPEND);
        json = json(follower);
        assertThat(json.path("curves").path("loss").path("step").toString()).isEqualTo("[1,2,3]");
        assertThat(json.path("evaluations").path("running").path("loss").toString())
                .isEqualTo("{\"step\":[3],\"mean\":[1.5]}");
        assertThat(json.path("evaluations")
                        .path("ema")
                        .path("accuracy")
                        .path("mean")
                        .toString())
                .isEqualTo("[0.75]");
        assertThat(json.path("imagesPerSecond").asDouble()).isCloseTo(400, within(1e-9));
        assertThat(json.path("secondsLeft").asDouble()).isCloseTo(99_997 * 0.02, within(1e-6));
    }

    /** After the job has gone back to a checkpoint, its steps come again. */
    @Test
    void stepsThatComeAgainAreTheSame() throws IOException {
        RunFollower follower = new RunFollower(run, job());
        Files.writeString(
                run.resolve("metrics.jsonl"), step(1, 2) + step(2, 1) + step(1, 2) + step(2, 1) + step(3, 0.5));
        assertThat(json(follower).path("curves").path("loss").path("step").toString())
                .isEqualTo("[1,2,3]");
    }

    @Test
    void damagedFilesAreShownAsFarAsTheyGo() throws IOException {
        RunFollower follower = new RunFollower(run, job());
        Files.writeString(run.resolve("metrics.jsonl"), "\0\0\0\n" + step(1, 2) + "{\"step\":\n[]\n" + step(2, 1));
        Files.writeString(run.resolve("events.jsonl"), "{\"event\":\"plan\"\n");
        Files.writeString(run.resolve("workers.jsonl"), "{}\n{\"worker\":\"w\",\"times\":7,\"steps\":-1}\n");
        Files.writeString(run.resolve("result.json"), "{\"steps\":");
        Files.writeString(run.resolve("chaos.json"), "");
        JsonNode json = json(follower);
        assertThat(json.path("step").asInt()).isEqualTo(2);
        assertThat(json.path("alarms").toString())
                .contains("3 lines of metrics.jsonl cannot be read", "1 line of events.jsonl cannot be read");
        assertThat(json.path("state").asText()).isEqualTo("waiting for workers");
    }

    /** A run that was stopped and goes on has a file of events for each attempt. */
    @Test
    void eventsOfAllAttemptsAreShown() throws IOException {
        Files.writeString(
                run.resolve("events.jsonl.1"),
                "{\"event\":\"generation\",\"generation\":1,\"text\":\"one\"}\n{\"event\":\"stopped\",\"text\":\"two\"}\n");
        RunFollower follower = new RunFollower(run, job());
        assertThat(json(follower).path("state").asText()).isEqualTo("stopped");
        Files.writeString(run.resolve("events.jsonl"), "{\"event\":\"joined\",\"text\":\"three\"}\n");
        JsonNode json = json(follower);
        assertThat(json.path("state").asText()).isEqualTo("waiting for workers");
        assertThat(json.path("events").findValuesAsText("text")).containsExactly("one", "two", "three");
    }

    /** The launcher writes it anew whenever more is known. */
    @Test
    void faultsAreShownAsTheyHappen() throws IOException {
        RunFollower follower = new RunFollower(run, job());
        Path chaos = run.resolve("chaos.json");
        Files.writeString(chaos, "{\"faults\":[{\"fault\":\"a\",\"fired\":true}]}");
        assertThat(json(follower).path("faults").findValuesAsText("fault")).containsExactly("a");
        Files.writeString(chaos, "{\"faults\":[{\"fault\":\"a\",\"fired\":true},{\"fault\":\"b\"}]}");
        Files.setLastModifiedTime(chaos, FileTime.fromMillis(1));
        assertThat(json(follower).path("faults").findValuesAsText("fault")).containsExactly("a", "b");
    }

    /** As of a machine that has gone. */
    @Test
    void silenceAndSlownessAreAlarms() throws IOException {
        RunFollower follower = new RunFollower(run, job());
        Files.writeString(run.resolve("workers.jsonl"), "{\"millis\":1000,\"worker\":\"w\",\"step\":1,\"steps\":0}\n");
        Files.writeString(
                run.resolve("events.jsonl"),
                "{\"event\":\"slow\",\"worker\":\"w\",\"step\":7}\n{\"event\":\"slow\",\"worker\":\"w\",\"step\":9}\n");
        follower.refresh();
        assertThat(follower.story().json(100_000).path("alarms"))
                .extracting(JsonNode::asText)
                .containsExactly("the others have waited for w alone, 2 times, last at step 9: see the events");
        assertThat(follower.story().json(301_000).path("alarms").path(0).asText())
                .isEqualTo("no worker has reported for 5 min: the job may have ended without saying so");
        Files.writeString(run.resolve("events.jsonl"), "{\"event\":\"done\"}\n", StandardOpenOption.APPEND);
        follower.refresh();
        assertThat(follower.story().json(301_000).path("alarms")).hasSize(1);
    }

    /** Those that come again after the job has gone back to a checkpoint. */
    @Test
    void repeatedStepsAreInWaitsAndNotInTheSeries() throws IOException {
        RunFollower follower = new RunFollower(run, job());
        String line =
                "{\"millis\":1,\"worker\":\"w\",\"step\":%d,\"steps\":10,\"times\":[0,1,2,3,4,5],\"forward\":[%d],"
                        + "\"backward\":[1],\"sample\":{\"step\":%d,\"times\":[0,1,2,3,4,5]}}%n";
        Files.writeString(
                run.resolve("workers.jsonl"),
                String.format(Locale.ROOT, line, 100, 100, 96) + String.format(Locale.ROOT, line, 50, 300, 48));
        JsonNode worker = json(follower).path("workers").path(0);
        assertThat(worker.path("parts").path("step").toString()).isEqualTo("[100]");
        assertThat(worker.path("waits").path("forward").toString()).isEqualTo("[20]");
        assertThat(worker.path("samples").findValuesAsText("step")).containsExactly("96", "48");
    }

    @Test
    void anEmptyDirectoryIsAJobThatWaits() throws IOException {
        JsonNode json = json(new RunFollower(run, job()));
        assertThat(json.path("state").asText()).isEqualTo("waiting for workers");
        assertThat(json.path("step").asInt()).isZero();
    }

    /** Thinned, with its peaks, and small enough to send by mail. */
    @Test
    void aLongRunFitsIntoAFile() throws IOException {
        Job job = job();
        StringBuilder metrics = new StringBuilder();
        for (int step = 1; step <= 100_000; step++) {
            metrics.append(step(step, step == 77_777 ? 1234.5 : 1 + 1.0 / step));
        }
        Files.writeString(run.resolve("metrics.jsonl"), metrics);
        Random random = new Random(5);
        StringBuilder workers = new StringBuilder();
        for (int i = 1; i <= 2_000; i++) {
            for (int worker = 0; worker < 64; worker++) {
                int[] micros = random.ints(10, 100, 1_000_000).toArray();
                String times = Arrays.toString(micros);
                workers.append("{\"millis\":1,\"worker\":\"worker-")
                        .append(worker)
                        .append("\",\"step\":")
                        .append(50 * i)
                        .append(",\"steps\":50,\"times\":")
                        .append(times)
                        .append(",\"forward\":")
                        .append(times)
                        .append(",\"backward\":")
                        .append(times)
                        .append("}\n");
            }
        }
        Files.writeString(run.resolve("workers.jsonl"), workers);
        String html = RunsPage.html(Map.of(run, job));
        assertThat(html.length()).isLessThan(2_000_000);
        JsonNode loss = json(new RunFollower(run, job)).path("curves").path("loss");
        double most = 0;
        for (JsonNode value : loss.path("most")) {
            most = Math.max(most, value.asDouble());
        }
        assertThat(most).isEqualTo(1234.5);
    }
}
