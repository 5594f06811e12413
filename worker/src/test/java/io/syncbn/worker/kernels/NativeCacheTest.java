package io.syncbn.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
    @TempDir
    private Path directory;

    @Test
    void theEnvironmentNamesThePlacesBeforeTheTemporaryDirectory() {
        assertThat(NativeCache.places(Map.of("XDG_CACHE_HOME", "/cache", "HOME", "/home/ada"), "/tmp", "ada"))
                .containsExactly(
                        Path.of("/cache/syncbn/natives"),
                        Path.of("/home/ada/.cache/syncbn/natives"),
                        Path.of("/tmp/syncbn-ada/natives"));
        assertThat(NativeCache.places(Map.of("XDG_CACHE_HOME", "relative", "HOME", ""), "/tmp", "?"))
                .containsExactly(Path.of("/tmp/syncbn-_/natives"));
    }

    @Test
    void theFirstThatCanBeWrittenToIsTaken() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Path good = directory.resolve("a b/natives");
        assertThat(NativeCache.firstUsable(List.of(file.resolve("natives"), good, directory.resolve("unused"))))
                .isEqualTo(good);
        assertThat(good).isEmptyDirectory();
        assertThat(directory.resolve("unused")).doesNotExist();
    }

    @Test
    void whereNoneIsAllAreNamedWithTheRemedy() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> NativeCache.firstUsable(List.of(file.resolve("one"), Path.of("/proc/two"))))
                .isInstanceOf(KernelsException.class)
                .hasMessageContaining("set XDG_CACHE_HOME")
                .hasMessageContaining(file.resolve("one") + ": it cannot be written to")
                .hasMessageContaining("/proc/two: it cannot be written to");
    }
}
