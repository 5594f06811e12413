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
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every process but the launcher is killed, again and again: the job goes back to its last checkpoint by itself. */
class LostReplicasTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KILLS = 10;
    private static final int DISTANCE = 15;
    private static final int STEPS = (KILLS + 3) * DISTANCE;
    private static final int EVALUATE_EVERY = 20;

    /** Of a whole run on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(1000);

    @TempDir
    private Path directory;

    private Path data;
    private Path run;

    @Test
    void everythingButTheLauncherIsKilledTenTimes() throws IOException {
        data = NpyPictures.write(directory.resolve("npy"), 96, 12);
        run = directory.resolve("quiet");
        Syncbn.succeed(train("--workers=1"));
        String undisturbed = Syncbn.result(run).path("weightsSha256").asText();
        assertThat(Syncbn.result(run).path("restores").asInt()).isZero();

        run = directory.resolve("run");
        List<String> faults = new ArrayList<>(IntStream.rangeClosed(1, KILLS)
                .mapToObj(kill -> "at step " + kill * DISTANCE + ": kill all")
                .toList());
        // And once only those who have the model.
        String last = "at step " + (KILLS + 1) * DISTANCE + ": kill worker-";
        IntStream.range(0, 2).forEach(worker -> faults.add(last + worker));
        Path list = Files.write(directory.resolve("faults.txt"), faults);
        try (Syncbn training =
                Syncbn.start(train("--workers=2", "--chaos=" + list, "--chaos-reference=" + undisturbed))) {
            Ended ended = training.await(PATIENCE);
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ended.out()).contains("the weights are those of the undisturbed run");
            assertThat(ended.err()).contains("every copy of the model was lost: the job goes ");
        }
        assertThat(Syncbn.processesOf(run)).isEmpty();
        assertThat(Syncbn.result(run).path("weightsSha256").asText()).isEqualTo(undisturbed);
        assertJobWentBack();
        assertEachStepIsToldOnce();
    }

    /** Not to its start, after the first checkpoints, and every time is counted. */
    private void assertJobWentBack() throws IOException {
        List<JsonNode> restored = lines("events.jsonl").stream()
                .filter(event -> event.path("event").asText().equals("restored"))
                .toList();
        // Of the two that are killed at last, one may be back, and have the state, before the other one's turn comes.
        assertThat(restored).hasSizeBetween(KILLS, KILLS + 1);
        assertThat(Syncbn.result(run).path("restores").asInt()).isEqualTo(restored.size());
        for (int kill = 1; kill <= restored.size(); kill++) {
            assertThat(restored.get(kill - 1).path("step").asInt())
                    .as(restored.toString())
                    .isGreaterThan((kill - 1) * DISTANCE);
            assertThat(restored.get(kill - 1).path("text").asText()).contains("the checkpoint of step ");
        }
    }

    private void assertEachStepIsToldOnce() throws IOException {
        List<JsonNode> lines = lines("metrics.jsonl");
        assertThat(lines.stream().filter(line -> line.has("stepMillis")).map(line -> line.path("step")
                        .asInt()))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(lines.stream()
                        .filter(line -> line.has("testAccuracy"))
                        .map(line -> line.path("step").asInt())
                        .filter(step -> step < STEPS))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, (STEPS - 1) / EVALUATE_EVERY)
                        .mapToObj(number -> number * EVALUATE_EVERY)
                        .toList());
    }

    private List<JsonNode> lines(String file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve(file))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private Object[] train(String... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", "--data=npy:" + data, "--out=" + run));
        arguments.addAll(List.of("--model=mlp", "--shards=3", "--batch=2"));
        arguments.addAll(List.of("--steps=" + STEPS, "--evaluate-every=" + EVALUATE_EVERY, "--checkpoint-every=3"));
        arguments.addAll(List.of(more));
        return arguments.toArray();
    }
}
