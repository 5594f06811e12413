package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.system.Syncbn.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of fault, on real processes and links: it happens, it is noticed, and the weights are the undisturbed run's. */
class ChaosTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Several seconds more than faults need. The first of them come when all workers have long joined, and those that follow
     * from one another come far apart, because any process may stand still for a while on a busy machine.
     */
    private static final int STEPS = 1500;

    /** For faults that all come early. */
    private static final int FEWER_STEPS = 1000;

    /** Of a whole run with its faults, on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(480);

    @TempDir
    private static Path shared;

    private static Path data;
    /** By the number of steps. */
    private static final Map<Integer, String> UNDISTURBED = new HashMap<>();

    @TempDir
    private Path directory;

    private Path run;

    @BeforeAll
    static void runUndisturbed() throws IOException {
        data = NpyPictures.write(shared.resolve("npy"), 96, 12);
        for (int steps : new int[] {STEPS, FEWER_STEPS}) {
            Path quiet = shared.resolve("quiet-" + steps);
            Syncbn.succeed(train(quiet, steps, "--workers=1"));
            UNDISTURBED.put(steps, Syncbn.result(quiet).path("weightsSha256").asText());
        }
    }

    @Test
    void processesThatAreKilled() throws IOException {
        List<JsonNode> faults = survive(
                List.of("at step 300: kill worker-1", "at step 850: kill coordinator", "at step 1150: kill worker-0"));
        assertNoticed(faults.get(0), "lost", "damaged", "evicted");
        assertNoticed(faults.get(1), "restarted");
        assertNoticed(faults.get(2), "lost", "damaged", "evicted");
    }

    @Test
    void processesThatStandStill() throws IOException {
        List<JsonNode> faults = survive(List.of(
                "at step 300: pause worker-1 for 8 s",
                "at step 450: pause worker-2 for 200 ms",
                "at step 550: pause coordinator for 6 s",
                "at step 600: stop worker-0",
                "at step 900: continue worker-0"));
        assertNoticed(faults.get(0), "evicted");
        assertNoticed(faults.get(3), "evicted");
        assertNoticed(faults.get(4), "waiting", "joined");
    }

    @Test
    void linksThatAreCutOrSlow() throws IOException {
        List<JsonNode> faults = survive(
                FEWER_STEPS,
                List.of(
                        "at step 300: cut worker-1 down for 7 s",
                        "at step 500: cut worker-2 up for 7 s",
                        "at step 700: cut worker-0 for 7 s",
                        "at step 900: delay worker-1 by 30 ms for 1 s",
                        "at step 920: throttle worker-2 to 300 KB/s for 1 s"));
        faults.subList(0, 3).forEach(fault -> assertNoticed(fault, "lost", "evicted", "damaged"));
    }

    /** It writes the run, so that its lines tell which steps it has taken from the others. */
    @Test
    void aSlowWorkerWhoseShardsOthersComputeAsWell() throws IOException {
        survive(FEWER_STEPS, List.of("at step 300: delay worker-0 by 60 ms for 60 s"), "--straggler=backup");
        assertThat(Files.readString(run.resolve("events.jsonl")))
                .contains("worker-0 (shard 0) is slow: worker-1 computes its shards as well")
                .doesNotContain("\"lost\"", "\"damaged\"");
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                        .filter(line -> line.contains("\"overtaken\":true")))
                .isNotEmpty();
    }

    @Test
    void bytesThatAreChangedOrMissing() throws IOException {
        List<JsonNode> faults = survive(
                FEWER_STEPS,
                List.of(
                        "at step 300: corrupt worker-1 up",
                        "at step 400: corrupt worker-2 down",
                        "at step 500: drop worker-0 up",
                        "at step 700: drop worker-1 down"));
        assertNoticed(faults.get(0), "damaged");
        assertNoticed(faults.get(1), "damaged");
        assertNoticed(faults.get(2), "lost", "evicted", "damaged");
        assertNoticed(faults.get(3), "lost", "evicted", "damaged");
    }

    @Test
    void workersThatGoAndCome() throws IOException {
        List<JsonNode> faults = survive(
                List.of("at step 300: drain worker-1", "at step 350: add worker-7", "at step 1150: drain worker-0"));
        assertNoticed(faults.get(0), "left");
        assertNoticed(faults.get(1), "waiting", "joined");
        assertNoticed(faults.get(2), "left");
        // No step is abandoned for one that leaves.
        assertThat(Files.readString(run.resolve("events.jsonl"))).doesNotContain("\"lost\"", "\"damaged\"");
    }

    @Test
    void disksThatAreFull() throws IOException {
        survive(
                FEWER_STEPS,
                List.of(
                        "at step 300: fill the disk of worker-0 for 2 s",
                        "at step 450: fill the disk of coordinator for 1 s"));
        // What went wrong while nothing could be written could not be written either.
        assertThat(Files.readString(run.resolve("logs/worker-0.log"))).contains("writing works again: ");
    }

    @Test
    void withoutAReferenceTheJobIsRunAgain() throws IOException {
        Ended ended = disturb(List.of("at step 20: corrupt worker-1 up"), 60);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("the weights are those of the undisturbed run");
        assertThat(Syncbn.result(run.resolve("undisturbed")).path("weightsSha256"))
                .isEqualTo(Syncbn.result(run).path("weightsSha256"));
    }

    @Test
    void otherWeightsThanTheReferenceAreAFailure() throws IOException {
        Ended ended = disturb(
                List.of("at step 5: pause worker-1 for 10 ms"), 20, "--chaos-reference=" + UNDISTURBED.get(STEPS));
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err())
                .contains("the weights are not those of the undisturbed run: ", "expected " + UNDISTURBED.get(STEPS));
        assertThat(Files.readString(run.resolve("chaos.json"))).contains("\"equal\" : false");
    }

    private List<JsonNode> survive(List<String> lines) throws IOException {
        return survive(STEPS, lines);
    }

    /** Runs the job with faults; all of them happen, and the weights stay as they are. */
    private List<JsonNode> survive(int steps, List<String> lines, String... more) throws IOException {
        String undisturbed = UNDISTURBED.get(steps);
        List<String> settings = new ArrayList<>(List.of("--chaos-reference=" + undisturbed));
        settings.addAll(List.of(more));
        Ended ended = disturb(lines, steps, settings.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("the weights are those of the undisturbed run");
        assertThat(Syncbn.processesOf(run)).isEmpty();
        assertThat(Syncbn.result(run).path("weightsSha256").asText()).isEqualTo(undisturbed);
        assertMetricsAreWhole(steps, lines.size());
        JsonNode report = JSON.readTree(Files.readString(run.resolve("chaos.json")));
        assertThat(report.path("equal").asBoolean()).isTrue();
        List<JsonNode> faults = new ArrayList<>();
        report.path("faults").forEach(faults::add);
        assertThat(faults).extracting(fault -> fault.path("fault").asText()).containsExactlyElementsOf(lines);
        assertThat(faults).allSatisfy(fault -> assertThat(fault.has("wentOnStep"))
                .as(fault + "\n" + ended.err())
                .isTrue());
        return faults;
    }

    private Ended disturb(List<String> lines, int steps, String... more) throws IOException {
        run = directory.resolve("run");
        Path list = Files.write(directory.resolve("faults.txt"), lines);
        List<String> settings = new ArrayList<>(List.of("--workers=2:3", "--chaos=" + list));
        settings.addAll(List.of(more));
        try (Syncbn training = Syncbn.start(train(run, steps, settings.toArray(String[]::new)))) {
            return training.await(PATIENCE);
        }
    }

    private static void assertNoticed(JsonNode fault, String... events) {
        assertThat(fault.path("noticedBy").asText()).as(fault.toString()).isIn((Object[]) events);
    }

    /** No step is told twice. Whoever wrote the run may have died between a commit and its line. */
    private void assertMetricsAreWhole(int all, int faults) throws IOException {
        List<Integer> steps = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            if (line.contains("stepMillis")) {
                steps.add(JSON.readTree(line).path("step").asInt());
            }
        }
        assertThat(steps).isSorted().doesNotHaveDuplicates().endsWith(all);
        assertThat(steps).hasSizeBetween(all - faults, all);
    }

    private static Object[] train(Path run, int steps, String... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", "--data=npy:" + data, "--out=" + run));
        arguments.addAll(List.of("--model=" + SmallResNet.class.getName(), "--shards=3", "--batch=2"));
        arguments.addAll(List.of("--steps=" + steps, "--evaluate-every=1000000", "--checkpoint-every=1000000"));
        arguments.addAll(List.of(more));
        return arguments.toArray();
    }
}
