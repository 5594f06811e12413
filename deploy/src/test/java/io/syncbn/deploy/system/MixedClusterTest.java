package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.CoordinatorProcess;
import io.syncbn.deploy.command.ExitCode;
import io.syncbn.deploy.system.Syncbn.Ended;
import io.syncbn.deploy.system.Syncbn.Surroundings;
import io.syncbn.proto.job.JobParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines that are not alike: workers as processes of their own, one of which computes other bits, or another model. */
@Timeout(900)
class MixedClusterTest {
    private static final Map<String, String> JOB =
            Map.of("model", "Mine", "shards", "2", "steps", "3", "kernels", "onednn");

    @TempDir
    private Path directory;

    private Path data;
    private int port;

    @Test
    void aWorkerWithOtherArithmeticOrAnotherVersionOfTheModelIsRefusedByName() throws Exception {
        data = NpyPictures.write(directory.resolve("npy"), 8, 4);
        Path mine = compiled("first", ".relu()");
        Path other = compiled("second", "");
        Path events = directory.resolve("events.jsonl");
        Surroundings equal = new Surroundings(Map.of(), List.of(), Optional.of(mine));
        try (CoordinatorProcess coordinator = Cluster.coordinator(JobParser.parse(job(), 2), 2, Optional.of(events))) {
            port = coordinator.port();
            try (Syncbn first = worker("worker-0", equal)) {
                Syncbn.await("worker-0 has joined", Syncbn.PATIENCE, () -> Syncbn.text(events)
                        .contains("worker-0 joined"));

                String differs = "worker-1's arithmetic differs from worker-0's";
                assertRefused(
                        new Surroundings(Map.of("ONEDNN_MAX_CPU_ISA", "SSE41"), List.of(), Optional.of(mine)),
                        differs,
                        "worker-1 has oneDNN 2.5.2 for SSE4.1",
                        "worker-0 has oneDNN 2.5.2 for AVX",
                        "--kernels portable");
                assertRefused(
                        new Surroundings(Map.of(), List.of(), Optional.of(other)),
                        "worker-1's model differs from worker-0's");

                try (Syncbn second = worker("worker-1", equal)) {
                    assertThat(second.await(Syncbn.PATIENCE).exitCode())
                            .as(second.err())
                            .isZero();
                }
                assertThat(first.await(Syncbn.PATIENCE).exitCode())
                        .as(first.err())
                        .isZero();
                assertThat(first.err())
                        .contains("computes with oneDNN 2.5.2 for ", "vectors of", "heap", "arithmetic ");
            }
        }
        assertThat(Syncbn.result(directory.resolve("run"))
                        .path("computedWith")
                        .path("library")
                        .asText())
                .isEqualTo("oneDNN 2.5.2");
    }

    private void assertRefused(Surroundings surroundings, String... reasons) {
        try (Syncbn stranger = worker("worker-1", surroundings)) {
            Ended ended = stranger.await(Syncbn.PATIENCE);
            assertThat(ended.err()).contains(reasons);
            assertThat(ended.exitCode()).isEqualTo(ExitCode.JOB_FAILED);
        }
    }

    private Map<String, String> job() {
        Map<String, String> job = new HashMap<>(JOB);
        job.put("data", "npy:" + data);
        return job;
    }

    private Syncbn worker(String name, Surroundings surroundings) {
        List<Object> arguments = new ArrayList<>(List.of("worker", "--workers", 2, "--name", name));
        arguments.addAll(List.of("--coordinator", "127.0.0.1:" + port, "--out", directory.resolve("run")));
        job().forEach((setting, value) -> arguments.add("--" + setting + "=" + value));
        return Syncbn.start(surroundings, arguments.toArray());
    }

    /** A class called Mine, whose versions have equal parameters. */
    private Path compiled(String version, String activation) throws IOException {
        Path classes = Files.createDirectories(directory.resolve(version));
        Path source = classes.resolve("Mine.java");
        Files.writeString(source, String.format(Locale.ROOT, """
                import io.syncbn.worker.nn.*;
                public class Mine implements Architecture {
                    public void define(Net net) {
                        net.conv2d("conv1", 8, 3, 2, 1).batchNorm("bn1")%s;
                        net.globalAveragePool().dense("fc", net.classes());
                    }
                }
                """, activation));
        String classPath = System.getProperty("java.class.path");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-cp", classPath, "-d", classes.toString(), source.toString()))
                .isZero();
        return classes;
    }
}
