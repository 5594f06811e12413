package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.settings.MemorySize;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaCommandTest {

    @ParameterizedTest
    @CsvSource({
        "64m, -Xms96m -Xmn32m",
        "95M, -Xms96m",
        "1g, -Xms2048m -Xmn1500m",
        "65m, -XX:InitialHeapSize=100000000",
        "64m, -XX:MinHeapSize=70m"
    })
    void aHeapOfOnesOwnFitsWhatIsInherited(String heap, String inherited) throws Exception {
        List<String> command =
                JavaCommand.of("-version", Optional.of(MemorySize.parse(heap)), List.of(inherited.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    @Test
    void whatFitsStays() {
        assertThat(JavaCommand.of("Main", Optional.of(MemorySize.parse("96m")), List.of("-Xms96m", "-Xmx2g")))
                .containsSubsequence("-Xms96m", "-Xmx2g", "-Xmx96m")
                .doesNotHaveDuplicates();
        assertThat(JavaCommand.of("Main", Optional.empty(), List.of("-Xms96m"), "-Xmx1g"))
                .containsSubsequence("-Xmx1g", "-Xms96m", "-cp");
    }
}
