package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.settings.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A launcher with shell scripts as children, of which none may be left behind. */
@Timeout(300)
abstract class WithLauncher {
    static final String LISTEN = "echo listening on 127.0.0.1:4711; ";
    static final String READ_ADDRESS = "read ADDRESS; ";
    static final String STAY = "exec sleep 300";
    /** A file that is there when the launcher has said something. */
    static final String SAID = "said";

    /** For what comes at once on an idle machine. */
    static final long LONG_MILLIS = 60_000;

    static final Restarts.Backoff BACKOFF = new Restarts.Backoff(Duration.ofMillis(10), Duration.ofMillis(50));

    @TempDir
    Path temporary;

    RunDirectory directory;
    Launcher launcher;
    int restarts;
    long settleMillis = 300;
    long tellerMillis = LONG_MILLIS;
    long leaveMillis = LONG_MILLIS;
    long resultMillis = LONG_MILLIS;

    /** Workers; 0: as many as there are scripts. */
    int least;

    int most;
    final Map<String, String> scripts = new HashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        directory = new RunDirectory(temporary);
        directory.create("");
        Files.writeString(directory.result(), "{}");
    }

    String failure() throws Exception {
        return launch() instanceof Ending.Failed failed ? failed.message() : "no failure";
    }

    Ending launch() throws Exception {
        return launch(timeouts(), crew -> {});
    }

    Ending launch(LaunchTimeouts timeouts, Watcher watcher) throws Exception {
        int workers = most > 0 ? most : scripts.size() - 1;
        Range range = new Range(least > 0 ? least : workers, workers);
        launcher = new Launcher(
                directory, new Scripts(), range, restarts, timeouts, watcher, () -> System.nanoTime() / 1_000_000);
        Files.deleteIfExists(started("coordinator")); // of a job before this one
        Set<ProcessHandle> before = children();
        Ending ending = launcher.run();
        assertThat(children()).isSubsetOf(before);
        return ending;
    }

    LaunchTimeouts timeouts() {
        return timeouts(Duration.ofMillis(LONG_MILLIS));
    }

    LaunchTimeouts timeouts(Duration listen) {
        return new LaunchTimeouts(
                Duration.ofMillis(20),
                listen,
                new LaunchTimeouts.AfterFailure(Duration.ofMillis(settleMillis), Duration.ofMillis(tellerMillis)),
                new LaunchTimeouts.AfterEnd(Duration.ofMillis(leaveMillis), Duration.ofMillis(resultMillis)),
                Duration.ofSeconds(1),
                BACKOFF);
    }

    Watcher saying(List<String> said, Watcher watcher) {
        return new Watcher() {
            @Override
            public void tick(ProcessTable crew) {
                watcher.tick(crew);
            }

            @Override
            public void say(String line) {
                said.add(line);
                try {
                    Files.writeString(temporary.resolve(SAID), line);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** Those of this JVM that are alive. */
    static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).collect(Collectors.toSet());
    }

    /** Shell words that are followed only by the first process that comes to them. */
    String theFirstTime(String words) {
        String file = temporary.resolve("again").toString();
        return "if [ ! -e '" + file + "' ]; then " + touch("again") + words + "; fi; ";
    }

    String touch(String name) {
        return ": > '" + temporary.resolve(name) + "'; ";
    }

    /** Shell words that wait until another child has started. */
    String waitFor(String name) {
        return waitForFile(name + ".started");
    }

    /** Shell words that wait until the coordinator has ended, and the launcher's JVM knows it. */
    String waitForCoordinatorsEnd() {
        String file = "'" + started("coordinator") + "'";
        return "while [ ! -s " + file + " ] || kill -0 $(cat " + file + ") 2>/dev/null; do sleep 0.02; done; ";
    }

    /** A file that is there, with the process's id, once the process runs. */
    Path started(String name) {
        return temporary.resolve(name + ".started");
    }

    String waitForFile(String name) {
        return "while [ ! -e '" + temporary.resolve(name) + "' ]; do sleep 0.02; done; ";
    }

    final class Scripts implements ChildCommands {
        @Override
        public List<String> coordinator(int port, OptionalInt page) {
            List<String> command = new ArrayList<>(command("coordinator"));
            command.addAll(0, List.of("env", "PORT=" + port));
            return command;
        }

        @Override
        public List<String> worker(String name) {
            return command(name);
        }

        private List<String> command(String name) {
            return List.of("sh", "-c", "echo $$ > '" + started(name) + "'; " + scripts.get(name));
        }
    }
}
