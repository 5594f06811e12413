package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.system.Syncbn.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator that hangs: its connections stand, and the system even makes new ones, but nobody answers. */
class HungCoordinatorTest {
    /** A worker that did not give up would try for hours. */
    private static final Duration END = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    @Test
    void isGivenUpByItsWorkersInTimeAndKeepsNobodyWhoIsToLeave() throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        Path run = directory.resolve("run");
        List<String> job = List.of(
                "--data=npy:" + data, "--model=" + SmallResNet.class.getName(), "--workers=2", "--steps=100000000");
        try (Syncbn coordinator = Syncbn.start(with(job, "coordinator", "--host=127.0.0.1", "--port=0"))) {
            String address = listening(coordinator);
            try (Syncbn stays = Syncbn.start(worker(job, address, run, "worker-0"));
                    Syncbn leaves = Syncbn.start(worker(job, address, run, "worker-1"))) {
                Syncbn.await("twenty steps; " + stays.err(), Syncbn.PATIENCE, () -> Syncbn.hasStep(run, 20));
                Syncbn.signal(coordinator.handle(), "STOP");
                Syncbn.signal(leaves.handle(), "TERM");
                long beganNanos = System.nanoTime();
                Ended left = leaves.await(END);
                System.out.println("left after " + Duration.ofNanos(System.nanoTime() - beganNanos));
                assertThat(left.exitCode()).as(left.err()).isZero();
                assertThat(left.err()).contains("worker-1 has left the job");
                Ended gaveUp = stays.await(END);
                System.out.println("gave up after " + Duration.ofNanos(System.nanoTime() - beganNanos));
                assertThat(gaveUp.exitCode()).as(gaveUp.err()).isEqualTo(1);
                assertThat(gaveUp.err()).contains("the coordinator at " + address + " was lost", "; tried for 10 s");
            }
        }
    }

    @Test
    void thatNeverAnsweredIsGivenUpInTime() throws Exception {
        Path data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<String> job = List.of("--data=npy:" + data, "--model=mlp", "--workers=1", "--steps=2");
            String address = "127.0.0.1:" + silent.getLocalPort();
            try (Syncbn worker = Syncbn.start(
                    with(worker(job, address, directory.resolve("run"), "worker-0"), "--join-timeout=2"))) {
                Ended ended = worker.await(END);
                assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
                assertThat(ended.err()).contains("no coordinator answers at " + address + "; tried for 2 s");
            }
        }
    }

    private static Object[] worker(List<String> job, String coordinator, Path run, String name) {
        return with(
                job,
                "worker",
                "--coordinator=" + coordinator,
                "--name=" + name,
                "--out=" + run,
                "--reconnect-timeout=10",
                "--evaluate-every=1000000",
                "--checkpoint-every=1000000");
    }

    private static Object[] with(List<String> job, String command, String... more) {
        List<Object> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(job);
        arguments.addAll(List.of(more));
        return arguments.toArray();
    }

    private static Object[] with(Object[] command, String more) {
        List<Object> arguments = new ArrayList<>(List.of(command));
        arguments.add(more);
        return arguments.toArray();
    }

    private static String listening(Syncbn coordinator) throws InterruptedException {
        Pattern said = Pattern.compile("listening on (\\S+)");
        Syncbn.await("an address; " + coordinator.err(), Syncbn.PATIENCE, () -> said.matcher(coordinator.out())
                .find());
        Matcher address = said.matcher(coordinator.out());
        assertThat(address.find()).isTrue();
        return address.group(1);
    }
}
