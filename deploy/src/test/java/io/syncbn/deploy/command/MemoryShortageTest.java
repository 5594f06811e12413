package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryShortageTest {

    @ParameterizedTest
    @CsvSource({
        "Java heap space, --worker-heap",
        "GC overhead limit exceeded, SYNCBN_JAVA_OPTS=-Xmx",
        "unable to create native thread: possibly out of memory or process/resource limits reached, ulimit -u",
        "Cannot reserve 4194304 bytes of direct buffer memory, -XX:MaxDirectMemorySize",
        "Cannot allocate new FloatPointer(4), fewer --workers",
    })
    void theRemedyFitsWhatIsShort(String message, String remedy) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        RuntimeException failure = new IllegalStateException("row 7", new OutOfMemoryError(message));
        int exitCode = Failures.report(failure, false, new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(exitCode).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("syncbn: out of memory: " + message)
                .contains(remedy)
                .doesNotContain("internal error", "\tat ");
    }

    @Test
    void otherMistakesStayOurs() {
        assertThat(MemoryShortage.message(new IllegalStateException("row 7"))).isEmpty();
    }
}
