package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where Prometheus is told to look, while processes come and go. */
class ScrapeTargetsTest extends WithLauncher {
    private static final String LOGGED = "2026-11-28 22:41:07.120 INFO io.syncbn.worker: metrics at ";

    @Test
    void eachProcessIsThereUnderItsNameUntilItEnds() throws Exception {
        restarts = 1;
        scripts.put(
                "coordinator", LISTEN + "echo metrics at http://127.0.0.1:9000/metrics; " + waitForFile("seen-all"));
        scripts.put("worker-0", "echo '" + LOGGED + "http://[::1]:9001/metrics'; " + waitForFile("seen-all"));
        scripts.put(
                "worker-1",
                theFirstTime("echo '" + LOGGED + "http://127.0.0.1:9002/metrics'; " + waitForFile("seen-first")
                                + "kill -9 $$")
                        + "echo '" + LOGGED + "http://127.0.0.1:9003/metrics'; " + waitForFile("seen-all"));
        List<String> seen = new ArrayList<>();

        Ending ending = launch(timeouts(), crew -> look(seen));

        assertThat(ending).isEqualTo(new Ending.Done());
        String job = temporary.getFileName().toString();
        assertThat(seen)
                .contains("127.0.0.1:9000 coordinator " + job + "; [::1]:9001 worker-0 " + job
                        + "; 127.0.0.1:9003 worker-1 " + job);
        assertThat(seen).anyMatch(text -> text.contains("127.0.0.1:9002 worker-1"));
        assertThat(directory.targets()).doesNotExist();
    }

    /** Notes what stands in the file, and lets the processes go on. */
    private void look(List<String> seen) {
        try {
            if (!Files.exists(directory.targets())) {
                return;
            }
            List<String> found = new ArrayList<>();
            JsonLine.of("{\"groups\": " + Files.readString(directory.targets()) + "}")
                    .orElseThrow()
                    .values()
                    .path("groups")
                    .forEach(group -> found.add(group.path("targets").path(0).asText() + " "
                            + group.path("labels").path("instance").asText() + " "
                            + group.path("labels").path("job").asText()));
            found.sort(Comparator.comparing(text -> text.substring(text.indexOf(' '))));
            seen.add(String.join("; ", found));
            if (found.size() == 3) {
                Files.writeString(temporary.resolve("seen-first"), "");
            }
            if (seen.get(seen.size() - 1).contains(":9003")) {
                Files.writeString(temporary.resolve("seen-all"), "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenToHarmsNothing() throws Exception {
        Files.createDirectories(directory.targets().resolve("in the way"));
        scripts.put("coordinator", LISTEN + "echo metrics at http://127.0.0.1:9000/metrics; sleep 0.2");
        scripts.put("worker-0", "exit 0");
        assertThat(launch()).isEqualTo(new Ending.Done());
    }
}
