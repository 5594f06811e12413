package io.syncbn.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class PeerTest {
    @TempDir
    private Path directory;

    @Test
    void aPythonThatHangsIsEndedWithAllItStarted() throws Exception {
        Path pids = directory.resolve("pids");
        String python = python("sleep 1000 & echo $! >> '%s'; echo $$ >> '%s'; echo loading; wait", pids, pids);
        assertThatThrownBy(() -> Peer.requireTorch(python, Duration.ofSeconds(10)))
                .isInstanceOf(BenchException.class)
                .hasMessage("--python " + python + " has not loaded PyTorch within 10 s");
        for (String pid : Files.readAllLines(pids)) {
            ProcessHandle.of(Long.parseLong(pid))
                    .ifPresent(left ->
                            left.onExit().orTimeout(120, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void aPythonWithoutTorchIsNamedWithItsLastWords() throws Exception {
        String python = python("echo Traceback; echo \"No module named 'torch'\" >&2; exit 1");
        assertThatThrownBy(() -> Peer.requireTorch(python))
                .isInstanceOf(BenchException.class)
                .hasMessage("--python " + python + " has no PyTorch: No module named 'torch'");
    }

    @Test
    void aPythonWithTorchWillDo() throws Exception {
        Peer.requireTorch(python("exit 0"));
    }

    private String python(String words, Object... arguments) throws IOException {
        String text = words;
        for (Object argument : arguments) {
            text = text.replaceFirst("%s", argument.toString());
        }
        Path program = Files.writeString(directory.resolve("python"), "#!/bin/sh\n" + text + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program.toString();
    }
}
