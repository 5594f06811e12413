package io.syncbn.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CheckpointExceptionTest {
    private static final IOException DISK = new IOException("Input/output error");

    private final CheckpointException unread = CheckpointException.cannot("read", Path.of("step-00000010"), DISK);
    private final CheckpointException damaged = CheckpointException.of("step-00000005", "it is not what was written");

    @Test
    void aHintDoesNotHideADiskThatFailed() {
        assertThat(unread.withHint("take step-00000005"))
                .hasMessage("cannot read step-00000010: Input/output error\n  take step-00000005")
                .hasCause(DISK);
        assertThat(damaged.withHint("take another")).hasNoCause();
    }
}
