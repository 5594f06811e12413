package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.CoordinatorProcess;
import io.syncbn.coordinator.Outcome;
import io.syncbn.deploy.command.ExitCode;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines as people have them. */
class SurroundingsTest {
    private static final List<String> ARABIC = List.of("-Duser.language=ar", "-Duser.country=EG");

    @TempDir
    private Path directory;

    @Test
    void digitsAreTheSameInEveryLanguage() throws IOException {
        Path run = directory.resolve("run");
        Syncbn.Ended trained = arabic(
                "train",
                "--workers=1",
                "--steps=2",
                "--checkpoint-every=1",
                "--keep=1",
                "--model=mlp",
                "--ema-decay=0.5",
                "--out=" + run);
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        assertThat(run.resolve("checkpoints").toFile().list())
                .containsExactlyInAnyOrder("step-00000000", "step-00000002");
        assertThat(trained.out() + trained.err() + texts(run)).doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
        Syncbn.Ended evaluated = arabic("evaluate", "--checkpoint=" + run);
        assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
        assertThat(evaluated.out())
                .containsPattern("average of the weights: test accuracy [0-9.]+ %, test loss [0-9.]+")
                .doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
    }

    private static Syncbn.Ended arabic(Object... arguments) {
        try (Syncbn syncbn = Syncbn.start(ARABIC, arguments)) {
            return syncbn.await(Syncbn.PATIENCE);
        }
    }

    private static String texts(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(file.getFileName());
                if (!file.toString().endsWith(".safetensors")) {
                    all.append(Files.readString(file));
                }
            }
            return all.toString();
        }
    }

    @Test
    void wrongDataIsWrongInputAndNothingHindersTheCorrectedCommand() {
        Path run = directory.resolve("run");
        Syncbn.Ended wrong =
                Syncbn.run("train", "--workers=1", "--steps=1", "--model=mlp", "--data=npy:/nowhere", "--out=" + run);
        assertThat(wrong.exitCode()).as(wrong.err()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(wrong.err()).contains("/nowhere: no such file or directory");
        Syncbn.succeed("train", "--workers=1", "--steps=1", "--model=mlp", "--data=shapes", "--out=" + run);
    }

    @Test
    void oneProcessAtATimeWritesARun() throws Exception {
        Path run = directory.resolve("run");
        try (Syncbn first = Syncbn.start(
                "train", "--workers=1", "--steps=1000000", "--checkpoint-every=1", "--model=mlp", "--out=" + run)) {
            Syncbn.await("a step", Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 1));
            Syncbn.Ended second = Syncbn.run("train", "--resume=" + run);
            assertThat(second.exitCode()).as(second.err()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(second.err())
                    .contains("run directory " + run + " is being written by syncbn train (process "
                            + first.handle().pid() + " on ");
            Syncbn.succeed("evaluate", "--checkpoint=" + run.resolve("checkpoints/step-00000000"));
        }
        try (Syncbn next = Syncbn.start("train", "--resume=" + run)) {
            Syncbn.await("it has the lock", Syncbn.PATIENCE, () -> Syncbn.text(run.resolve("lock"))
                    .contains("process " + next.handle().pid() + " "));
        }
    }

    /** As docker compose and Windows name hosts; and a proxy for all that Java asks of the internet. */
    @Test
    void workersFindAHostWithAnUnderscorePastAProxy() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 trainer_0\n");
        Map<String, String> settings = Map.of("model", "mlp", "steps", "1", "shards", "1");
        Job job = JobParser.parse(settings, 1);
        try (CoordinatorProcess coordinator = Cluster.coordinator(job, 1, Optional.empty());
                Syncbn worker = Syncbn.start(
                        List.of(
                                "-Djdk.net.hosts.file=" + hosts,
                                "-Dhttps.proxyHost=127.0.0.1",
                                "-Dhttps.proxyPort=1",
                                "-Dhttp.nonProxyHosts="),
                        "worker",
                        "--model=mlp",
                        "--steps=1",
                        "--shards=1",
                        "--workers=1",
                        "--coordinator=trainer_0:" + coordinator.port(),
                        "--name=worker-0",
                        "--out=" + directory.resolve("run"))) {
            Syncbn.Ended ended = worker.await(Syncbn.PATIENCE);
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(coordinator.awaitEnd()).isInstanceOf(Outcome.Success.class);
        }
    }
}
