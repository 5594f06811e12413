package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.system.Syncbn.Ended;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What shows only while a job runs: it ends with one message, and leaves whole files and no process. */
class FailedRunTest {
    @TempDir
    private Path directory;

    @Test
    void aLossThatIsNoNumberEndsTheJob() throws IOException {
        Path data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        Ended ended = train("--data=npy:" + data, "--lr=1e5", "--steps=1000");
        assertFailed(1, ended, "step ", "a lower --lr");
        assertThat(ended.err()).containsPattern("step \\d+: shard \\d: the (loss|moments of |gradient of )");
        assertThat(directory.resolve("run/checkpoints/step-00000000/state.json"))
                .exists();
    }

    @Test
    void aCorruptPictureEndsTheJobByName() throws IOException {
        for (String name : List.of("train/cat/0", "train/cat/1", "train/dog/0", "train/dog/1", "test/cat/0")) {
            Path file = directory.resolve("pictures").resolve(name + ".jpg");
            Files.createDirectories(file.getParent());
            ImageIO.write(new BufferedImage(12, 12, BufferedImage.TYPE_INT_RGB), "jpg", file.toFile());
        }
        Path corrupt = directory.resolve("pictures/train/dog/1.jpg");
        byte[] whole = Files.readAllBytes(corrupt);
        Files.write(corrupt, Arrays.copyOf(whole, whole.length - 30));

        Ended ended = train("--data=imagefolder:" + directory.resolve("pictures"), "--steps=10");
        assertFailed(2, ended, corrupt.toString(), "corrupt picture");
    }

    @Test
    void moreShardsThanRowsAreRefused() throws IOException {
        Path data = NpyPictures.write(directory.resolve("npy"), 3, 3);
        assertFailed(
                2,
                train("--data=npy:" + data, "--shards=4", "--steps=10"),
                "--shards is 4, but there are only 3 training rows; every shard needs at least one");
    }

    private Ended train(String... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", "--out=" + directory.resolve("run")));
        arguments.addAll(List.of("--model=" + SmallResNet.class.getName(), "--workers=2"));
        arguments.addAll(List.of(more));
        return Syncbn.run(arguments.toArray());
    }

    private void assertFailed(int exitCode, Ended ended, String... fragments) throws IOException {
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
        assertThat(ended.err()).containsOnlyOnce("syncbn: ").contains(fragments).doesNotContain("\tat ", "Exception");
        assertThat(directory.resolve("run/result.json")).doesNotExist();
        assertThat(Syncbn.processesOf(directory)).isEmpty();
        try (Stream<Path> files = Files.walk(directory.resolve("run"))) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("."));
        }
    }
}
