package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.system.Syncbn.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one worker alone cannot do ends that worker, and not the job. */
class SickWorkerTest {
    private static final Pattern LISTENING = Pattern.compile("listening on (\\S+)");

    /** Enough for the model, and not for the activations of so large a batch. */
    private static final String SMALL_HEAP = "-Xmx64m";

    private static final List<String> LARGE_BATCH = List.of("--shards=2", "--batch=3000", "--steps=2");

    @TempDir
    private Path directory;

    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        data = NpyPictures.write(directory.resolve("npy"), 6000, 8);
    }

    @Test
    void aWorkerThatFailsAloneIsStartedAgainAndTheBitsAreTheSame() throws IOException {
        Files.write(directory.resolve(FaultyResNet.FAULTS), List.of("memory", "linkage", "disk", "mistake"));
        Path sick = directory.resolve("sick");
        Ended ended = Syncbn.succeed(train(sick, FaultyResNet.class, 2).toArray());
        assertThat(ended.err())
                .contains(
                        "worker-1 ended with exit code 4: out of memory: Java heap space",
                        "starting it again (restart 1 of 10)",
                        "java.lang.NoClassDefFoundError: gone/Missing; starting it again",
                        "Input/output error; starting it again",
                        "java.lang.IllegalStateException: mistake; starting it again (restart 4 of 10)");
        Path well = directory.resolve("well");
        Syncbn.succeed(train(well, SmallResNet.class, 1).toArray());
        assertThat(weights(sick)).isEqualTo(weights(well));
    }

    @Test
    void aWorkerWithoutMemoryIsLostAloneUntilThreeInARowAre() throws Exception {
        Path run = directory.resolve("run");
        try (Syncbn coordinator = coordinator(run)) {
            String address = address(coordinator);
            Ended sick = worker(address, run, "worker-1", SMALL_HEAP).await(Syncbn.PATIENCE);
            assertThat(sick.exitCode()).as(sick.err()).isEqualTo(4);
            assertThat(sick.err()).contains("syncbn: out of memory: Java heap space");
            Ended well = worker(address, run, "worker-0").await(Syncbn.PATIENCE);
            assertThat(well.exitCode()).as(well.err()).isZero();
            assertThat(coordinator.await(Syncbn.PATIENCE).exitCode()).isZero();
        }
        assertThat(Files.readString(run.resolve("events.jsonl")))
                .contains("\"event\":\"fault\"", "failed, at step 1: ", "Java heap space");
        Path other = directory.resolve("other");
        List<Object> undisturbed =
                new ArrayList<>(train(other, SmallResNet.class, 1).subList(0, 5));
        undisturbed.addAll(LARGE_BATCH);
        Syncbn.succeed(undisturbed.toArray());
        assertThat(weights(run)).isEqualTo(weights(other));

        Path hopeless = directory.resolve("hopeless");
        try (Syncbn coordinator = coordinator(hopeless)) {
            String address = address(coordinator);
            for (int i = 0; i < 3; i++) {
                assertThat(worker(address, hopeless, "worker-" + i, SMALL_HEAP)
                                .await(Syncbn.PATIENCE)
                                .exitCode())
                        .isEqualTo(4);
            }
            Ended ended = coordinator.await(Syncbn.PATIENCE);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.err())
                    .contains(
                            "3 workers in a row failed of the same at step 1; the last one: worker-2:",
                            "Java heap space");
        }
    }

    private List<Object> train(Path run, Class<?> model, int workers) {
        return List.of(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=" + model.getName(),
                "--workers=" + workers,
                "--shards=2",
                "--batch=8",
                "--steps=20");
    }

    private Syncbn coordinator(Path run) throws IOException {
        Files.createDirectories(run);
        return Syncbn.start(part(
                "coordinator",
                "--host=127.0.0.1",
                "--port=0",
                "--workers=1:2",
                "--journal=" + run.resolve("events.jsonl")));
    }

    private Syncbn worker(String address, Path run, String name, String... flags) {
        return Syncbn.start(
                List.of(flags),
                part("worker", "--coordinator=" + address, "--name=" + name, "--workers=1:2", "--out=" + run));
    }

    private Object[] part(String... arguments) {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data=npy:" + data, "--model=" + SmallResNet.class.getName()));
        all.addAll(LARGE_BATCH);
        return all.toArray();
    }

    private static String address(Syncbn coordinator) throws InterruptedException {
        Syncbn.await("the coordinator's address", Syncbn.PATIENCE, () -> LISTENING
                .matcher(coordinator.out())
                .find());
        Matcher listening = LISTENING.matcher(coordinator.out());
        assertThat(listening.find()).isTrue();
        return listening.group(1);
    }

    private static String weights(Path run) throws IOException {
        return Syncbn.result(run).get("weightsSha256").asText();
    }
}
