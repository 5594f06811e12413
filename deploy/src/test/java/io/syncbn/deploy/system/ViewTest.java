package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run, in a real browser. */
class ViewTest {
    private static final ObjectMapper JSON = new ObjectMapper();
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
            assertThat(browser.eval("document.querySelectorAll('#waterfall rect').length"))
                    .isEqualTo(24L);
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
        Path file = directory.resolve("page.html");
        Syncbn.succeed("view", run, "--export=" + file);
        assertThat(Files.size(file)).isLessThan(2_000_000);
        try (Browser browser = Browser.open(1280, 2200)) {
            browser.get(file.toUri().toString());
            browser.await("the page", Syncbn.PATIENCE, "document.body.dataset.step === '60'");
            JsonNode shown = JSON.readTree((String)
                    browser.eval("JSON.stringify(JSON.parse(document.getElementById('data').textContent).runs[0])"));
            assertThat(shown.path("state").asText()).isEqualTo("done");
            assertSeriesAreThoseOf(run, shown);
            assertThat(browser.text("#state"))
                    .contains(Syncbn.result(run).path("weightsSha256").asText().substring(0, 12));
            assertThat(browser.text("#waits")).contains("forward", "backward");
            browser.assertNothingWentWrong();
            browser.keepPicture("finished");
            browser.narrow(390, 2200);
            browser.get(file.toUri().toString());
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
