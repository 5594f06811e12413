package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.system.Syncbn.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large state goes to several workers at once through a coordinator with little memory. */
class LateStateTest {
    private static final int STEPS = 6;

    @TempDir
    private Path directory;

    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        data = NpyPictures.write(directory.resolve("npy"), 96, 8);
    }

    @Test
    void threeWorkersThatComeLateTakeOverALargeState() throws Exception {
        Path alone = directory.resolve("alone");
        Syncbn.succeed(job(alone, "--workers=1"));

        Path run = directory.resolve("run");
        try (Syncbn training = Syncbn.start(job(run, "--workers=1:4", "--coordinator-heap=112m", "--worker-heap=1g"))) {
            Syncbn.await("a step", Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 1));
            // It has the state, and goes on when the three others are back, so that all take it over at once.
            Syncbn.signal(training.child("worker-0"), "STOP");
            Map<String, Long> before = new HashMap<>();
            for (int number = 1; number < 4; number++) {
                ProcessHandle worker = training.child("worker-" + number);
                before.put("worker-" + number, worker.pid());
                Syncbn.signal(worker, "KILL");
            }
            Syncbn.await("all are back", Syncbn.PATIENCE, () -> before.entrySet().stream()
                    .allMatch(worker -> hasJoinedAgain(run, worker.getKey(), worker.getValue())));
            Syncbn.signal(training.child("worker-0"), "CONT");
            Ended ended = training.await(Syncbn.PATIENCE);
            assertThat(ended.exitCode()).as(ended.err()).isZero();
        }
        assertThat(Syncbn.result(run).path("weightsSha256"))
                .isEqualTo(Syncbn.result(alone).path("weightsSha256"));
        ObjectMapper json = new ObjectMapper();
        List<String> events = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
            events.add(json.readTree(line).path("event").asText());
        }
        assertThat(events).contains("align").doesNotContain("evicted");
    }

    private static boolean hasJoinedAgain(Path run, String worker, long before) {
        return Pattern.compile(worker + " joined from host [^,]*, process (\\d+):")
                .matcher(Syncbn.text(run.resolve("events.jsonl")))
                .results()
                .anyMatch(join -> Long.parseLong(join.group(1)) != before);
    }

    private Object[] job(Path run, String... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "train",
                "--model=" + WideMlp.class.getName(),
                "--data=npy:" + data,
                "--shards=4",
                "--batch=2",
                "--steps=" + STEPS,
                "--silence=120",
                "--deadline-slack=120",
                "--evaluate-every=1000000",
                "--checkpoint-every=1000000",
                "--out=" + run));
        arguments.addAll(Arrays.asList(more));
        return arguments.toArray();
    }
}
