package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.system.Syncbn.Ended;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No step, no sum and no sign of life waits for a disk: the run directory's hangs for ten seconds, and steps go on. */
class StalledDiskTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration HANGS = Duration.ofSeconds(10);

    /** Far more than an undisturbed one takes on a busy machine, and far less than the disk hangs. */
    private static final double LONGEST_STEP_MILLIS = 5000;

    private static final Pattern METRICS = Pattern.compile("metrics at (http://\\S+)");
    private static final Pattern COMMITTED = Pattern.compile("(?m)^syncbn_coordinator_committed_step (\\S+)$");

    @TempDir
    private Path directory;

    @Test
    void stepsGoOnWhileTheDiskHangs() throws Exception {
        try (StallingDisk disk = StallingDisk.make(directory)) {
            Path run = disk.directory().resolve("run");
            long last = trainWhileItHangs(disk, run);
            List<JsonNode> steps = lines(run.resolve("metrics.jsonl"));
            assertThat(steps.stream().mapToLong(step -> step.path("step").asLong()))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, last).boxed().toList());
            assertThat(steps.subList(5, steps.size()))
                    .allSatisfy(step ->
                            assertThat(step.path("stepMillis").asDouble()).isLessThan(LONGEST_STEP_MILLIS));
            assertThat(lines(run.resolve("events.jsonl")))
                    .extracting(event -> event.path("event").asText())
                    .doesNotContain("evicted", "lost", "damaged", "hold")
                    .filteredOn("generation"::equals)
                    .hasSize(1);
            assertThat(digestOf(run.resolve(checkpoint(last)))).isEqualTo(undisturbed(last));
        }
    }

    /** @return the step after which it was stopped */
    private long trainWhileItHangs(StallingDisk disk, Path run) throws Exception {
        List<Object> arguments = job(run, 100_000_000);
        arguments.addAll(List.of("--workers=2", "--checkpoint-every=50"));
        try (Syncbn training = Syncbn.start(
                new Syncbn.Surroundings(disk.environment(), List.of(), Optional.empty()), arguments.toArray())) {
            Syncbn.await("forty steps", Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 40));
            URI metrics = metrics(run);
            disk.hang();
            long first;
            long then;
            try {
                Thread.sleep(1000);
                first = committed(metrics);
                Thread.sleep(HANGS.toMillis() - 2000);
                then = committed(metrics);
                Thread.sleep(1000);
            } finally {
                disk.work();
            }
            assertThat(then)
                    .as("steps at the end of the time in which the disk hung")
                    .isGreaterThan(first + 10);
            Syncbn.await("steps after that", Syncbn.PATIENCE, () -> Syncbn.hasStep(run, (int) then + 20));
            Syncbn.signal(training.handle(), "TERM");
            Ended ended = training.await(Syncbn.PATIENCE);
            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(130);
        }
        String newest = Syncbn.newestCheckpoint(run).orElseThrow().getFileName().toString();
        return Long.parseLong(newest.substring("step-".length()));
    }

    private String undisturbed(long steps) throws Exception {
        Path run = directory.resolve("undisturbed");
        List<Object> arguments = job(run, steps);
        arguments.addAll(List.of("--workers=1", "--checkpoint-every=1000000"));
        Syncbn.succeed(arguments.toArray());
        return Syncbn.result(run).path("weightsSha256").asText();
    }

    private static List<Object> job(Path run, long steps) {
        return new ArrayList<>(List.of(
                "train",
                "--model=mlp",
                "--shards=2",
                "--batch=2",
                "--schedule=constant",
                "--steps=" + steps,
                "--evaluate-every=1000000",
                "--out=" + run));
    }

    private static String checkpoint(long step) {
        return String.format(Locale.ROOT, "checkpoints/step-%08d", step);
    }

    private static String digestOf(Path checkpoint) throws Exception {
        return JSON.readTree(Files.readString(checkpoint.resolve("state.json")))
                .path("weightsSha256")
                .asText();
    }

    private static URI metrics(Path run) throws Exception {
        Matcher line = METRICS.matcher(Files.readString(run.resolve("logs/coordinator.log")));
        assertThat(line.find()).isTrue();
        return URI.create(line.group(1));
    }

    private static long committed(URI metrics) throws Exception {
        String page = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher line = COMMITTED.matcher(page);
        assertThat(line.find()).as(page).isTrue();
        return (long) Double.parseDouble(line.group(1));
    }

    private static List<JsonNode> lines(Path file) throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode json = JSON.readTree(line);
            if (!json.has("testAccuracy")) {
                lines.add(json);
            }
        }
        return lines;
    }
}
