package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    Path run;

    private Path write(int keep, long step) {
        return new Checkpoints(run, keep).write(States.at(step), 0, States.JOB);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> children = Files.list(run.resolve("checkpoints"))) {
            return children.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static String digest(Path directory) {
        return StateDigest.sha256(Checkpoint.open(directory).state(States.PARAMETERS, States.STATISTICS));
    }

    @Test
    void keepsTheFirstAndTheNewest() throws IOException {
        for (long step : new long[] {0, 5, 10, 15, 20}) {
            write(2, step);
        }
        assertThat(names()).containsExactly("step-00000000", "step-00000015", "step-00000020");
        write(1, 23);
        assertThat(names()).containsExactly("step-00000000", "step-00000023");
    }

    @Test
    void keepsWhatWasJustWrittenBesideLaterOnes() throws IOException {
        write(5, 100);
        write(1, 10);
        write(1, 20);
        assertThat(names()).containsExactly("step-00000020", "step-00000100");
    }

    @Test
    void keepsAtLeastOne() {
        assertThatThrownBy(() -> new Checkpoints(run, 0)).hasMessage("at least the newest checkpoint is kept, not 0");
    }

    @Test
    void findsTheNewest() {
        write(9, 2);
        Path newest = write(9, 10);
        Path large = write(9, 1_234_567_890);
        assertThat(large).hasFileName("step-1234567890");
        assertThat(Checkpoints.latest(run)).isEqualTo(large);
        assertThat(Checkpoints.latest(run.resolve("checkpoints"))).isEqualTo(large);
        assertThat(Checkpoints.latest(newest)).isEqualTo(newest);
    }

    @Test
    void saysWhereItFoundNone() throws IOException {
        assertThatThrownBy(() -> Checkpoint.open(run))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(run + ": expected a run directory, its checkpoints, or one checkpoint,"
                        + " found no step-NNNNNNNN in it");
        Path missing = run.resolve("missing");
        assertThatThrownBy(() -> Checkpoint.open(missing)).hasMessageEndingWith("found no such directory");
        Path file = Files.createFile(run.resolve("file"));
        assertThatThrownBy(() -> Checkpoint.open(file)).hasMessageStartingWith(file + ": expected a run directory");
    }

    @Test
    void replacesACheckpointOfTheSameStep() throws IOException {
        Path target = write(1, 7);
        Files.writeString(target.resolve("model.safetensors"), "torn");
        assertThat(write(1, 7)).isEqualTo(target);
        assertThat(digest(target)).isEqualTo(StateDigest.sha256(States.at(7)));
        assertThat(names()).containsExactly("step-00000007");
    }

    @Test
    void clearsWhatACrashLeft() throws IOException {
        Path whole = write(1, 5);
        Path checkpoints = run.resolve("checkpoints");
        Path torn = Files.createDirectories(checkpoints.resolve(".step-00000009.partial"));
        Files.writeString(torn.resolve("model.safetensors"), "half of");
        assertThat(Checkpoints.latest(run)).isEqualTo(whole);

        write(2, 9);
        assertThat(names()).containsExactly("step-00000005", "step-00000009");
    }

    @Test
    void putsBackWhatACrashKeptFromBeingReplaced() throws IOException {
        Path whole = write(1, 5);
        String digest = digest(whole);
        Files.move(whole, whole.resolveSibling(".step-00000005.replaced"));
        write(2, 9);
        assertThat(names()).containsExactly("step-00000005", "step-00000009");
        assertThat(digest(whole)).isEqualTo(digest);

        Files.createDirectory(whole.resolveSibling(".step-00000005.replaced"));
        write(2, 9);
        assertThat(names()).containsExactly("step-00000005", "step-00000009");
    }

    /** The second file cannot be written, for want of its directory, when the first is on the disk already. */
    @Test
    void leavesNothingHalfWritten() throws IOException {
        Path whole = write(1, 5);
        String digest = digest(whole);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.safetensors", new byte[10]);
        files.put("missing/state.json", new byte[10]);
        assertThatThrownBy(() -> AtomicDirectory.write(whole, files)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> AtomicDirectory.write(whole.resolveSibling("step-00000006"), files))
                .isInstanceOf(IOException.class);
        assertThat(names()).containsExactly("step-00000005");
        assertThat(digest(whole)).isEqualTo(digest);
    }

    @Test
    void saysWhatIsInTheWay() throws IOException {
        Path checkpoints = Files.createFile(run.resolve("checkpoints"));
        assertThatThrownBy(() -> write(1, 5))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("cannot write checkpoint " + checkpoints + "/step-00000005: " + checkpoints
                        + ": a file that is not a directory is in the way");
        Files.delete(checkpoints);
        Files.createDirectory(checkpoints);
        Path target = Files.createFile(checkpoints.resolve("step-00000005"));
        assertThatThrownBy(() -> write(1, 5))
                .hasMessage("cannot write checkpoint " + target + ": a file that is not a directory is in the way");
        assertThat(names()).containsExactly("step-00000005");
    }

    @Test
    void saysWhenItMayNotWrite() throws IOException {
        Path checkpoints = Files.createDirectory(run.resolve("checkpoints"));
        assumeFalse(
                !checkpoints.toFile().setWritable(false) || Files.isWritable(checkpoints),
                "this user may write anywhere");
        try {
            assertThatThrownBy(() -> write(1, 5))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("cannot write checkpoint " + checkpoints + "/step-00000005: ")
                    .hasMessageEndingWith("permission denied");
        } finally {
            assertThat(checkpoints.toFile().setWritable(true)).isTrue();
        }
    }
}
