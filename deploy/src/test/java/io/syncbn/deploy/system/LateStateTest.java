package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.system.Syncbn.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large state goes to several workers at once through a coordinator with little memory. */
class LateStateTest {
    private static final int STEPS = 20;

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
            for (int worker = 1; worker < 4; worker++) {
                restart(training, run, "worker-" + worker);
            }
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

    /** Kills a worker, and waits until the one that is started in its place has joined. */
    private static void restart(Syncbn training, Path run, String worker) throws Exception {
        ProcessHandle before = training.child(worker);
        Syncbn.signal(before, "KILL");
        Pattern joined = Pattern.compile(worker + " joined from host [^,]*, process (\\d+):");
        Syncbn.await(
                worker + " is back", Syncbn.PATIENCE, () -> joined.matcher(Syncbn.text(run.resolve("events.jsonl")))
                        .results()
                        .anyMatch(join -> Long.parseLong(join.group(1)) != before.pid()));
    }

    @Test
    void aCoordinatorThatIsTooSmallSaysWhatItNeeds() {
        Ended ended = Syncbn.run(job(directory.resolve("run"), "--workers=4", "--coordinator-heap=96m"));
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("the coordinator's memory is too small for 4 workers", "--coordinator-heap");
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
