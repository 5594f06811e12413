package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.data.DataException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void whatAUserCanMendIsOneMessage() {
        assertThat(report(new DataException("train.npy is truncated"), false)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(text()).isEqualTo("syncbn: train.npy is truncated\n");
    }

    @Test
    void aFailedJobHasItsOwnExitCode() {
        assertThat(report(new JobFailedException("worker-1 is lost"), false)).isEqualTo(ExitCode.JOB_FAILED);
        assertThat(text()).isEqualTo("syncbn: worker-1 is lost\n");
    }

    @Test
    void aLogGetsTheStackTraceAndThenTheMessage() {
        report(new DataException("train.npy is truncated"), true);
        assertThat(text()).contains("\tat io.syncbn.").endsWith("\nsyncbn: train.npy is truncated\n");
    }

    @Test
    void aMistakeOfOursIsLoud() {
        assertThat(report(new IllegalStateException("torn"), false)).isEqualTo(ExitCode.INTERNAL_ERROR);
        assertThat(text())
                .contains("\tat io.syncbn.")
                .endsWith("syncbn: internal error: java.lang.IllegalStateException: torn\n");
    }

    private int report(Throwable failure, boolean isLogged) {
        return Failures.report(failure, isLogged, new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
