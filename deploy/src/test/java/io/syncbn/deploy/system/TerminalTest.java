package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.system.Syncbn.Ended;
import io.syncbn.deploy.system.Syncbn.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code train} shows to people and to scripts. */
@Timeout(900)
class TerminalTest {
    /** As bin/syncbn says it when standard error is a terminal. */
    private static final List<String> ON_A_TERMINAL = List.of("-Dsyncbn.terminal=true");

    private static final String COLOR = "\u001b\\[[0-9;]*m";

    @TempDir
    private Path directory;

    @Test
    void aScriptGetsTheResultAndNothingElse() throws Exception {
        Ended ended = train(Map.of(), "--quiet", "--output=json");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(said(ended)).isEmpty();
        assertThat(new ObjectMapper().readTree(ended.out())).isEqualTo(Syncbn.result(directory.resolve("run")));
    }

    @Test
    void errorsComeToAScriptAsToPeople() {
        Ended ended = train(Map.of(), "--quiet", "--output=json", "--data=npy:/nowhere");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(said(ended)).startsWith("syncbn: ").contains("/nowhere");
    }

    /** Without what a JVM says of this test's flags, which the launcher of the package does without. */
    private static String said(Ended ended) {
        return ended.err().replaceFirst("\\AWARNING: Using incubator modules: \\S+\n", "");
    }

    @Test
    void peopleSeeABarInColorAndWhereEverythingIs() throws Exception {
        Ended ended = train(Map.of("NO_COLOR", ""));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("\r").containsPattern(COLOR);
        Path run = directory.resolve("run");
        assertThat(ended.out())
                .contains("run directory  " + run + "\n")
                .contains("  result       " + run.resolve("result.json") + "\n")
                .contains("  checkpoint   " + run.resolve("checkpoints/step-00000012") + "\n")
                .contains("  metrics      " + run.resolve("metrics.jsonl") + "\n")
                .contains("  events       " + run.resolve("events.jsonl") + "\n")
                .contains("  logs         " + run.resolve("logs") + "\n");
        assertThat(ended.out()).doesNotContain("\u001b");
    }

    @Test
    void whoWantsNoColorGetsNone() throws Exception {
        Ended ended = train(Map.of("NO_COLOR", "1"));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("\r").doesNotContainPattern(COLOR);
    }

    private Ended train(Map<String, String> environment, String... more) {
        Object[] arguments = new Object[more.length + 6];
        List<Object> always = List.of(
                "train", "--out=" + directory.resolve("run"), "--workers=2", "--steps=12", "--model=mlp", "--batch=2");
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i < always.size() ? always.get(i) : more[i - always.size()];
        }
        try (Syncbn training =
                Syncbn.start(new Surroundings(environment, ON_A_TERMINAL, Optional.empty()), arguments)) {
            return training.await(Syncbn.PATIENCE);
        }
    }
}
