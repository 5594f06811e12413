package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.train.Resume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaChildrenTest {
    @TempDir
    private Path run;

    @Test
    void aWorkerThatIsStartedWhenItsCheckpointIsGoneGoesOnFromTheRun() throws IOException {
        Path checkpoint = Files.createDirectories(run.resolve("checkpoints/step-00000010"));
        Optional<Resume> resume = Optional.of(new Resume(checkpoint, true, false));
        JavaChildren children =
                new JavaChildren(new JavaProgram("Main", Heaps.USUAL, 0), new RunDirectory(run), resume, 2);

        assertThat(children.worker("worker-0")).containsSequence("--resume", checkpoint.toString());
        Files.delete(checkpoint);
        assertThat(children.worker("worker-0")).containsSequence("--resume", run.toString(), "--allow-other-data");
    }
}
