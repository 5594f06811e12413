package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on real pictures, from shared/data beside the repository. */
class RealDataTest {
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
    void twoProcessesEndWithTheBitsOfOne() throws IOException {
        Path two = directory.resolve("two");
        Path one = directory.resolve("one");
        Syncbn.succeed(pictures(two, 2));
        Syncbn.succeed(pictures(one, 1));
        assertThat(Syncbn.result(two).path("steps").asInt()).isEqualTo(20);
        assertThat(Syncbn.result(two).path("weightsSha256").asText())
                .hasSize(64)
                .isEqualTo(Syncbn.result(one).path("weightsSha256").asText());
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
