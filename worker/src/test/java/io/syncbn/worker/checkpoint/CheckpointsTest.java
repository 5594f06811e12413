package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {
    @TempDir
    Path run;

    private Path write(int keep, long step) {
        return new Checkpoints(run, keep).write(States.at(step), 0, States.ORIGIN);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> children = Files.list(run.resolve("checkpoints"))) {
            return children.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static String digest(Path directory) {
        return StateDigest.sha256(Checkpoint.open(directory).state(States.PARAMETERS, States.STATISTICS, States.SLOTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "th-TH-u-nu-thai", "my-MM-u-nu-mymr", "tr-TR"})
    void namesAreTheSameInEveryLocale(String tag) {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(tag));
        try {
            assertThat(Checkpoints.name(1_234_567_890L)).isEqualTo("step-1234567890");
            assertThat(Checkpoints.name(40)).isEqualTo("step-00000040");
        } finally {
            Locale.setDefault(before);
        }
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
    void oneThatIsNotWholeDoesNotPushOutOneThatIs() throws IOException {
        write(9, 5);
        Damage.flipAByte(write(9, 10).resolve("optimizer.safetensors"));
        write(2, 15);
        assertThat(names()).containsExactly("step-00000005", "step-00000010", "step-00000015");
        write(2, 20);
        assertThat(names()).containsExactly("step-00000015", "step-00000020");
    }

    @Test
    void doesNotWriteWhatIsThereAlready() throws IOException {
        Path target = write(1, 7);
        Object file = fileKey(target.resolve("model.safetensors"));
        assertThat(write(1, 7)).isEqualTo(target);
        assertThat(fileKey(target.resolve("model.safetensors"))).isEqualTo(file);
        assertThat(new Checkpoints(run, 1).write(States.at(7), 1, States.ORIGIN))
                .isEqualTo(target);
        assertThat(fileKey(target.resolve("model.safetensors"))).isNotEqualTo(file);
    }

    /** The same for one file only. */
    private static Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Test
    void findsTheNewest() {
        write(9, 2);
        Path newest = write(9, 10);
        Path large = write(9, 1_234_567_890);
        assertThat(large).hasFileName("step-1234567890");
        assertThat(Checkpoint.open(run).directory()).isEqualTo(large);
        assertThat(Checkpoint.open(run.resolve("checkpoints")).directory()).isEqualTo(large);
        assertThat(Checkpoint.open(newest).directory()).isEqualTo(newest);
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

    /** Its number is this process's, and so is its host's name, as in containers; and so may be that of one elsewhere. */
    @Test
    void clearsWhatAWriterLeftThatIsGone() throws Exception {
        Path whole = write(1, 5);
        for (Writer gone : List.of(another(Writer.ofThisProcess().host()), another("another-host"))) {
            Path torn = InProgress.partial(inProgress("step-00000009", gone));
            Files.createDirectory(torn);
            Files.writeString(torn.resolve("model.safetensors"), "half of");
            Files.createFile(InProgress.claim(inProgress("step-00000009", gone)));
        }
        assertThat(Checkpoint.open(run).directory()).isEqualTo(whole);

        write(2, 9);
        assertThat(names()).containsExactly("step-00000005", "step-00000009");
    }

    @Test
    void leavesWhatAnotherWriterIsAt() throws Exception {
        write(1, 5);
        Path base = inProgress("step-00000009", another(Writer.ofThisProcess().host()));
        Path partial = Files.createDirectory(InProgress.partial(base));
        try (Claim held = Claim.take(InProgress.claim(base))) {
            write(2, 9);
            assertThat(partial).isDirectory();
            assertThat(run.resolve("checkpoints/step-00000009")).isDirectory();
        }
        write(2, 10);
        assertThat(partial).doesNotExist();
    }

    /** As {@code kill -9} leaves it: the claim is there, and nobody holds it. */
    @Test
    void aClaimEndsWithItsProcess() throws Exception {
        write(1, 5);
        Path base = inProgress("step-00000009", another(Writer.ofThisProcess().host()));
        Path partial = Files.createDirectory(InProgress.partial(base));
        Process holder = ClaimHolder.start(InProgress.claim(base));
        try {
            write(2, 9);
            assertThat(partial).isDirectory();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        write(2, 10);
        assertThat(names()).doesNotContain(partial.getFileName().toString());
        assertThat(InProgress.claim(base)).doesNotExist();
    }

    @Test
    void putsBackWhatACrashKeptFromBeingReplaced() throws Exception {
        Path whole = write(1, 5);
        String digest = digest(whole);
        Path base = inProgress("step-00000005", another(Writer.ofThisProcess().host()));
        Files.move(whole, InProgress.replaced(base));
        write(2, 9);
        assertThat(names()).containsExactly("step-00000005", "step-00000009");
        assertThat(digest(whole)).isEqualTo(digest);

        Files.createDirectory(InProgress.replaced(base));
        write(2, 9);
        assertThat(names()).containsExactly("step-00000005", "step-00000009");
    }

    private Path inProgress(String name, Writer writer) {
        return run.resolve("checkpoints/." + name + "." + writer + "-0");
    }

    /** Another container's process, as far as anybody can see. */
    private static Writer another(String host) {
        return new Writer(host, ProcessHandle.current().pid(), "0123456789abcdef");
    }

    /** The second file cannot be written, for want of its directory, when the first is on the disk already. */
    @Test
    void leavesNothingHalfWritten() throws IOException {
        Path whole = write(1, 5);
        String digest = digest(whole);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.safetensors", new byte[10]);
        files.put("missing/state.json", new byte[10]);
        assertThatThrownBy(() -> AtomicDirectory.write(whole, files, Writer.ofThisProcess()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        AtomicDirectory.write(whole.resolveSibling("step-00000006"), files, Writer.ofThisProcess()))
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
