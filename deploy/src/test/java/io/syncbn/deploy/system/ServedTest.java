package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the processes of a job tell others while they train. */
class ServedTest {
    @TempDir
    private Path directory;

    @Test
    void everyProcessServesItsMetricsAndTheCoordinatorItsHealth() throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        Path run = directory.resolve("run");
        try (Syncbn training = Syncbn.start(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=" + SmallResNet.class.getName(),
                "--workers=2",
                "--metrics-host=127.0.0.2",
                "--steps=100000000",
                "--evaluate-every=1000000",
                "--checkpoint-every=1000000")) {
            Path coordinator = run.resolve("logs/coordinator.log");
            Path worker = run.resolve("logs/worker-1.log");
            assertThat(health(Address.parse(logged(coordinator, "listening on (\\S+)"))))
                    .isEqualTo(ServingStatus.SERVING);
            String coordinatorMetrics = logged(coordinator, "metrics at (\\S+)");
            String workerMetrics = logged(worker, "metrics at (\\S+)");
            Syncbn.await("twenty steps; " + training.err(), Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 20));
            assertThat(List.of(coordinatorMetrics, workerMetrics))
                    .allMatch(address -> address.startsWith("http://127.0.0.2:"));
            assertThat(get(coordinatorMetrics)).contains("syncbn_coordinator_members 2.0");
            assertThat(get(workerMetrics))
                    .containsPattern("syncbn_step_seconds_count\\{worker=\"worker-1\"\\} [0-9]{2}");
        }
    }

    /** What a process says in its log, once it has. */
    private static String logged(Path log, String pattern) throws Exception {
        Pattern wanted = Pattern.compile(pattern);
        Syncbn.await(
                pattern + " in " + log,
                Syncbn.PATIENCE,
                () -> Files.exists(log) && wanted.matcher(Syncbn.text(log)).find());
        Matcher found = wanted.matcher(Syncbn.text(log));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static ServingStatus health(Address coordinator) {
        EventLoopGroup loop = Transport.eventLoop("health");
        ManagedChannel channel = Channels.open(coordinator, loop);
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(Syncbn.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } finally {
            channel.shutdownNow();
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private static String get(String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(Syncbn.PATIENCE)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
