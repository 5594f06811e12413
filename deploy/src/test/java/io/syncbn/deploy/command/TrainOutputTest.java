package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.launch.RunDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who hears what of a training. */
class TrainOutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "false, false, told, noted",
        "true, false, told, ''",
        "false, true, '', noted told",
        "true, true, '', ''"
    })
    void whatIsSaidGoesWhereItBelongs(boolean isQuiet, boolean isJson, String toOut, String toErr) {
        TrainOutput output = output(isQuiet, isJson);
        output.note("noted");
        output.tell("told");
        assertThat(words(out)).isEqualTo(toOut);
        assertThat(words(err)).isEqualTo(toErr);
    }

    @Test
    void theResultForProgramsIsTheFileAndNothingElse() throws IOException {
        String json = "{\n  \"steps\" : 3\n}";
        Files.writeString(directory.resolve("result.json"), json + "\n");
        output(false, true).result(new RunDirectory(directory));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(json + System.lineSeparator());
        assertThat(words(err)).isEmpty();
    }

    @Test
    void theResultForPeopleComesWhenItIsQuietToo() throws IOException {
        Files.writeString(directory.resolve("metrics.jsonl"), "");
        output(true, false).result(new RunDirectory(directory));
        assertThat(words(out))
                .isEqualTo("run directory " + directory + " metrics " + directory.resolve("metrics.jsonl")
                        + " page syncbn view " + directory);
    }

    private TrainOutput output(boolean isQuiet, boolean isJson) {
        return new TrainOutput(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                isQuiet,
                isJson);
    }

    private static String words(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    }
}
