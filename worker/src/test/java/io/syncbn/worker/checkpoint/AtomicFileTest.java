package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path directory;

    @Test
    void clearsWhatAKilledWriterLeftAndNothingElse() throws Exception {
        Path file = directory.resolve("metrics.jsonl");
        Files.writeString(file, "old");
        Path dead = base(new Writer("pod", 1, "0000000000000001"));
        Path alive = base(new Writer("pod", 1, "0000000000000002"));
        Files.writeString(InProgress.partial(dead), "half");
        Files.writeString(InProgress.partial(alive), "half");
        try (Claim claim = Claim.take(InProgress.claim(alive))) {
            AtomicFile.write(file, "new".getBytes(), () -> true, new Writer("pod", 1, "0000000000000003"));
            assertThat(file).content().isEqualTo("new");
            assertThat(names())
                    .containsExactly(
                            InProgress.claim(alive).getFileName().toString(),
                            InProgress.partial(alive).getFileName().toString(),
                            "metrics.jsonl");
        }
    }

    /** A directory in the place of a claim stands for one that cannot be locked nor deleted. */
    @Test
    void isWrittenBesideWhatCannotBeCleared() throws IOException {
        Path file = directory.resolve("metrics.jsonl");
        Files.createDirectory(InProgress.claim(base(new Writer("pod", 1, "0000000000000001"))));
        AtomicFile.write(file, "new".getBytes());
        assertThat(file).content().isEqualTo("new");
    }

    @Test
    void whatIsSomebodyElsesByThenIsLeft() throws IOException {
        Path file = directory.resolve("metrics.jsonl");
        Files.writeString(file, "another's");
        assertThat(AtomicFile.write(file, "old".getBytes(), () -> false)).isFalse();
        assertThat(file).content().isEqualTo("another's");
        assertThat(names()).containsExactly("metrics.jsonl");
    }

    private Path base(Writer writer) {
        return InProgress.base(directory.resolve("metrics.jsonl"), writer);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
