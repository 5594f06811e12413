package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page of a run, in a real browser. */
class ViewTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REPORTED_STEPS = 20;
    private static final long MILLIS = 1_760_000_000_000L;
    private static final Pattern PAGE = Pattern.compile("page at (\\S+)");

    @TempDir
    private Path directory;

    private Syncbn train(Path run, int workers, int steps, String... more) throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), 40, 8);
        List<String> settings = new ArrayList<>(List.of(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=" + SmallResNet.class.getName(),
                "--workers=1:" + workers,
                "--shards=" + workers,
                "--steps=" + steps,
                "--evaluate-every=20",
                "--checkpoint-every=20"));
        settings.addAll(List.of(more));
        return Syncbn.start(settings.toArray());
    }

    private static String page(Syncbn command) throws Exception {
        Syncbn.await("the page", Syncbn.PATIENCE, () -> PAGE.matcher(command.err() + command.out())
                .find());
        Matcher found = PAGE.matcher(command.err() + command.out());
        found.find();
        return found.group(1);
    }

    /** A worker is killed while people look on. */
    @Test
    void aLiveRunShowsWhatHappens() throws Exception {
        Path run = directory.resolve("run");
        Path faults = Files.writeString(directory.resolve("faults.txt"), "at step 30: pause worker-1 for 300 ms");
        try (Browser browser = Browser.open(1280, 2200);
                Syncbn training = train(run, 4, 100_000_000, "--chaos=" + faults, "--chaos-reference=none")) {
            browser.get(page(training));
            browser.await("forty steps", Syncbn.PATIENCE, "+document.body.dataset.step >= 40");
            assertThat(browser.text("#state")).contains("running", "images/s", "ms");
            browser.await(
                    "six parts of a step of four workers",
                    Syncbn.PATIENCE,
                    "document.querySelectorAll('#waterfall rect').length === 24");
            assertThat(browser.eval("document.querySelectorAll('#heatmap canvas').length"))
                    .isEqualTo(1L);
            browser.await("digests", Syncbn.PATIENCE, "document.querySelectorAll('#digest-table .good').length > 0");
            assertThat(browser.text("#digests"))
                    .contains("worker-0", "worker-3")
                    .doesNotContain("differ");

            browser.await(
                    "a fault on purpose",
                    Syncbn.PATIENCE,
                    "/--chaos: at step 30: pause worker-1/.test(document.querySelector('#events').innerText)");

            long killedNanos = System.nanoTime();
            Syncbn.signal(training.child("worker-2"), "KILL");
            browser.await(
                    "the loss",
                    Duration.ofSeconds(10),
                    "[...document.querySelectorAll('#events tbody tr')].some(row => /lost|damaged/.test(row.innerText))");
            System.out.println("the page showed a killed worker after "
                    + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNanos) + " ms");
            // The second may be over before it begins: the worker comes back soon.
            browser.await("another one", Syncbn.PATIENCE, "/generation [2-9] begins/.test(document.body.innerText)");

            browser.eval(
                    "[...document.querySelectorAll('#events tbody tr')].find(row => /lost|damaged/.test(row.innerText)).click()");
            browser.await("lines", Syncbn.PATIENCE, "document.querySelector('#lines pre').innerText.includes('logs/')");
            browser.click("#lines button");
            browser.assertNothingWentWrong();
            browser.keepPicture("live");
        }
    }

    @Test
    void aFinishedRunIsWhole() throws Exception {
        Path run = directory.resolve("run");
        try (Syncbn training = train(run, 2, 60)) {
            assertThat(training.await(Syncbn.PATIENCE).exitCode())
                    .as(training.err())
                    .isZero();
        }
        String page = exported(run);
        assertThat(Files.size(Path.of(URI.create(page)))).isLessThan(2_000_000);
        try (Browser browser = Browser.open(1280, 2200)) {
            browser.get(page);
            browser.await("the page", Syncbn.PATIENCE, "document.body.dataset.step === '60'");
            JsonNode shown = JSON.readTree((String)
                    browser.eval("JSON.stringify(JSON.parse(document.getElementById('data').textContent).runs[0])"));
            assertThat(shown.path("state").asText()).isEqualTo("done");
            assertSeriesAreThoseOf(run, shown);
            assertThat(browser.text("#state"))
                    .contains(Syncbn.result(run).path("weightsSha256").asText().substring(0, 12));
            assertThat(browser.text("#curves")).doesNotContain("metrics.jsonl"); // which the file does not have
            browser.eval("document.querySelector('#heatmap canvas').focus()");
            browser.press(Keys.ARROW_DOWN);
            assertThat(browser.text("#heatmap .said")).matches("worker-1 waits [0-9.e-]+ ms for \\S.*, forward");
            browser.assertNothingWentWrong();
            browser.keepPicture("finished");
            browser.narrow(390, 2200);
            browser.get(page);
            browser.assertNothingWentWrong();
            browser.keepPicture("narrow");
        }
    }

    private static void assertSeriesAreThoseOf(Path run, JsonNode shown) throws Exception {
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        JsonNode loss = shown.path("curves").path("loss");
        int step = 0;
        int evaluations = 0;
        for (String line : lines) {
            JsonNode wanted = JSON.readTree(line);
            if (wanted.has("testLoss")) {
                JsonNode test = shown.path("evaluations").path("running").path("loss");
                assertThat(test.path("step").path(evaluations).asLong())
                        .isEqualTo(wanted.path("step").asLong());
                assertThat(test.path("mean").path(evaluations++).floatValue())
                        .isCloseTo(wanted.path("testLoss").floatValue(), withinPercentage(0.001));
            } else {
                assertThat(loss.path("step").path(step).asLong())
                        .isEqualTo(wanted.path("step").asLong());
                assertThat(loss.path("mean").path(step++).floatValue())
                        .isCloseTo(wanted.path("loss").floatValue(), withinPercentage(0.001));
            }
        }
        assertThat(step).isEqualTo(60);
        assertThat(evaluations).isEqualTo(3);
    }

    /** A directory as a run of two workers has it that is not over: worker-1 waits two, four and six milliseconds a step. */
    private Path written(int steps) throws Exception {
        Path run = Files.createDirectories(directory.resolve("written"));
        Files.writeString(
                run.resolve("job.yaml"),
                "model: resnet20\ndata: shapes\nsteps: " + steps + "\nworkers: 2\nshards: 2\n");
        try (BufferedWriter metrics = Files.newBufferedWriter(run.resolve("metrics.jsonl"))) {
            for (int step = 1; step <= steps; step++) {
                metrics.write("{\"step\":" + step + ",\"epoch\":" + step / 1000.0 + ",\"loss\":" + 2.0 / step
                        + ",\"accuracy\":0.5,\"learningRate\":0.1,\"examples\":4,\"stepMillis\":21}\n");
            }
        }
        try (BufferedWriter workers = Files.newBufferedWriter(run.resolve("workers.jsonl"))) {
            for (int step = REPORTED_STEPS; step <= steps; step += REPORTED_STEPS) {
                workers.write(report(0, step));
                workers.write(report(1, step));
            }
        }
        try (BufferedWriter events = Files.newBufferedWriter(run.resolve("events.jsonl"))) {
            for (String event : List.of("joined", "plan", "generation", "slow")) {
                events.write("{\"millis\":" + MILLIS + ",\"event\":\"" + event
                        + "\",\"generation\":1,\"step\":0,\"worker\":\"worker-0\",\"text\":\"it is " + event + "\"}\n");
            }
        }
        Files.createDirectories(run.resolve("logs"));
        Files.writeString(run.resolve("logs/worker-0.log"), "2100-01-01 00:00:00.000 a line of worker-0\n");
        return run;
    }

    private static String report(int worker, int step) {
        String waits = List.of(1, 2, 3).stream()
                .map(millis -> String.valueOf(1000 * millis * (worker + 1) * REPORTED_STEPS))
                .collect(Collectors.joining(",", "[", "]"));
        return "{\"millis\":" + MILLIS + ",\"worker\":\"worker-" + worker + "\",\"generation\":1,\"step\":" + step
                + ",\"steps\":" + REPORTED_STEPS + ",\"times\":[1,2,3,4,5,6],\"forward\":" + waits + ",\"backward\":"
                + waits + ",\"sample\":{\"step\":" + step + ",\"age\":0,\"times\":[1,2,3,4,5,6]},"
                + "\"layers\":{\"first\":0,\"names\":[\"bn1\",\"bn2\",\"bn3\"]},\"layersAWait\":1}\n";
    }

    @Test
    void keysDoWhatThePointerDoes() throws Exception {
        try (Browser browser = Browser.open(1280, 2200);
                Syncbn view = Syncbn.start("view", written(200))) {
            browser.get(page(view));
            browser.await("the page", Syncbn.PATIENCE, "document.body.dataset.step === '200'");
            tabTo(browser, "#heatmap canvas");
            browser.press(Keys.ARROW_DOWN, Keys.ARROW_RIGHT);
            assertThat(browser.text("#heatmap .said")).isEqualTo("worker-1 waits 4 ms for bn2, forward");
            tabTo(browser, "#events tbody tr");
            browser.press(Keys.ENTER);
            browser.await(
                    "lines",
                    Syncbn.PATIENCE,
                    "document.querySelector('#lines pre').innerText.includes('a line of worker-0')");
            browser.press(Keys.ESCAPE);
            browser.await("the end of the lines", Syncbn.PATIENCE, "!document.getElementById('lines').open");
            assertThat(browser.eval("document.activeElement.matches('#events tbody tr')"))
                    .isEqualTo(true);
            browser.assertNothingWentWrong();

            view.close();
            browser.await(
                    "the loss of the server",
                    Syncbn.PATIENCE,
                    "/no connection since .*: the browser tries again/"
                            + ".test(document.getElementById('connection').innerText)");
        }
    }

    /** Presses the key that goes through all that can be used, until it is at an element. */
    private static void tabTo(Browser browser, String selector) {
        for (int presses = 0; presses < 100; presses++) {
            if (Boolean.TRUE.equals(browser.eval("document.activeElement.matches('" + selector + "')"))) {
                return;
            }
            browser.press(Keys.TAB);
        }
        throw new AssertionError("no key leads to " + selector);
    }

    @Test
    void aHalfWrittenRunIsShown() throws Exception {
        Path run = written(40);
        Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":41,\"lo\n{\"step\":", StandardOpenOption.APPEND);
        Files.writeString(run.resolve("result.json"), "");
        Files.writeString(
                run.resolve("workers.jsonl"),
                "{\"millis\":1,\"worker\":\"worker-0\",\"step\":60,\"steps\":20}\n"
                        + "{\"worker\":\"worker-1\",\"step\":60,\"steps\":20,\"sample\":{\"step\":60}}\n{\"worker\":\"worker-2\"}\n",
                StandardOpenOption.APPEND);
        try (Browser browser = Browser.open(1280, 2200)) {
            browser.get(exported(run));
            browser.await("the page", Syncbn.PATIENCE, "document.body.dataset.step === '40'");
            assertThat(browser.text("#alarms")).contains("metrics.jsonl cannot be read");
            assertThat(browser.eval("document.querySelectorAll('.broken').length"))
                    .as("sections that cannot be shown")
                    .isEqualTo(0L);
            assertThat(browser.eval("document.querySelectorAll('#waterfall rect').length"))
                    .as("parts of two workers' last whole samples")
                    .isEqualTo(12L);
            browser.assertNothingWentWrong();
        }
    }

    private String exported(Path run) {
        Path file = directory.resolve("page.html");
        Syncbn.succeed("view", run, "--export=" + file);
        return file.toUri().toString();
    }

    @Test
    void aLongRunIsPaintedSoon() throws Exception {
        int steps = 100_000;
        try (Browser browser = Browser.open(1280, 2200)) {
            browser.get(exported(written(steps)));
            browser.await("the page", Syncbn.PATIENCE, "document.body.dataset.step === '" + steps + "'");
            browser.await("paint", Syncbn.PATIENCE, "performance.getEntriesByType('paint').length > 0");
            System.out.println("the page of " + steps + " steps was painted first after "
                    + browser.eval("Math.round(performance.getEntriesByType('paint')[0].startTime)")
                    + " ms, and loaded after "
                    + browser.eval("Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)") + " ms");
            assertThat(browser.text("#state")).contains("100,000 of 100,000");
            browser.assertNothingWentWrong();
        }
    }

    @Test
    void whatIsNoRunIsNamed() {
        Syncbn.Ended ended = Syncbn.run("view", directory.resolve("nothing"), directory);
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.err())
                .contains(directory.resolve("nothing") + " is no run directory: it has no job.yaml")
                .contains(directory + " is no run directory");
        assertThat(Syncbn.run("view").err()).contains("--runs RUN… is missing");
    }
}
