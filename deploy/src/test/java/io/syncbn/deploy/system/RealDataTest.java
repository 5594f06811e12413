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
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on real pictures, from shared/data beside the repository. */
class RealDataTest {
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void lenetReadsDigitsAndEvaluateSaysTheSame() throws IOException {
        Path run = directory.resolve("mnist");
        Syncbn.succeed(
                "train",
                "--data=mnist:" + real("mnist-8k"),
                "--out=" + run,
                "--model=lenet",
                "--workers=2",
                "--shards=2",
                "--batch=16",
                "--epochs=1");

        double accuracy = Syncbn.result(run).path("testAccuracy").asDouble();
        assertThat(accuracy).isGreaterThan(0.9);
        assertThat(Syncbn.succeed("evaluate", "--checkpoint", run).out())
                .contains(String.format(Locale.ROOT, "test accuracy  %.2f %%  on 2000 examples", 100 * accuracy));
    }

    @Test
    void twoProcessesServeTheirMetricsAndEndWithTheBitsOfOne() throws Exception {
        Path run = directory.resolve("two");
        Syncbn.Ended ended;
        try (Syncbn training = Syncbn.start(pictures(run, 2))) {
            Path coordinator = run.resolve("logs/coordinator.log");
            Path worker = run.resolve("logs/worker-1.log");
            assertThat(health(Address.parse(logged(coordinator, "listening on (\\S+)"))))
                    .isEqualTo(ServingStatus.SERVING);
            assertThat(get(logged(coordinator, "metrics at (\\S+)"))).contains("syncbn_");
            assertThat(get(logged(worker, "metrics at (\\S+)"))).contains("syncbn_step_seconds{worker=\"worker-1\"");
            ended = training.await(Syncbn.PATIENCE);
        }
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(Syncbn.result(run).path("steps").asInt()).isEqualTo(20);

        Path alone = directory.resolve("one");
        Syncbn.succeed(pictures(alone, 1));
        assertThat(Syncbn.result(run).path("weightsSha256").asText())
                .hasSize(64)
                .isEqualTo(Syncbn.result(alone).path("weightsSha256").asText());
    }

    private static Object[] pictures(Path run, int workers) {
        return new Object[] {
            "train",
            "--data=imagefolder:" + real("cifar10-imagefolder.zip"),
            "--out=" + run,
            "--model=" + SmallResNet.class.getName(),
            "--workers=" + workers,
            "--shards=2",
            "--augment",
            "--steps=20"
        };
    }

    /** What a process says in its log, once it has. */
    private static String logged(Path log, String pattern) throws Exception {
        Pattern wanted = Pattern.compile(pattern);
        Syncbn.await(
                pattern + " in " + log,
                Syncbn.PATIENCE,
                () -> Files.exists(log) && wanted.matcher(text(log)).find());
        Matcher found = wanted.matcher(text(log));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static ServingStatus health(Address coordinator) {
        EventLoopGroup loop = Transport.eventLoop("health");
        ManagedChannel channel = Channels.open(coordinator, loop);
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(REQUEST_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } finally {
            channel.shutdownNow();
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private static String get(String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(REQUEST_PATIENCE)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    /** Something in shared/data beside the repository; the test is skipped where it is absent. */
    private static Path real(String name) {
        Path file = Path.of("")
                .toAbsolutePath()
                .getParent()
                .resolveSibling("shared/data")
                .resolve(name);
        Assumptions.assumeTrue(Files.exists(file), () -> "there is no " + file);
        return file;
    }
}
