package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code syncbn completion} prints, in a bash. */
class CompletionTest {
    /** Calls the function as bash does when the tabulator is pressed behind the last word. */
    private static final String PRESS_TAB = """
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            COMP_LINE="$*"
            COMP_POINT=${#COMP_LINE}
            compopt() { :; }
            _complete_syncbn
            printf '%s\\n' "${COMPREPLY[@]}"
            """;

    private static final String SCRIPT = CompletionCommand.script(CommandLines.of(Commands.all("unused"), "1.2.3"));

    @TempDir
    private Path directory;

    private Path script;

    @BeforeEach
    void write() throws Exception {
        script = Files.writeString(directory.resolve("syncbn.bash"), SCRIPT);
    }

    @Test
    void isThereOnceItIsRead() throws Exception {
        assertThat(bash("source <(cat '" + script + "'); complete -p syncbn"))
                .contains("-F _complete_syncbn", " syncbn\n");
    }

    @ParameterizedTest
    @CsvSource({
        "syncbn tr, train",
        "syncbn train --qu, --quiet",
        "syncbn train --straggler b, backup",
        "syncbn train --lr 0.1 --chaos-r, --chaos-reference",
        "syncbn bench gr, growth",
        "syncbn bench step --wor, --workers",
    })
    void aBeginningIsCompleted(String words, String completed) throws Exception {
        assertThat(complete(words.split(" "))).containsExactly(completed);
    }

    @Test
    void commandsComeFromTheListOfCommands() throws Exception {
        List<String> words = Commands.all("unused").stream()
                .map(command -> command.name().split(" ")[0])
                .distinct()
                .toList();
        assertThat(complete("syncbn", "")).containsAll(words);
    }

    @Test
    void valuesOfSettingsWithFewOfThemAreOffered() throws Exception {
        assertThat(complete("syncbn", "train", "--output", "")).containsExactly("text", "json");
        assertThat(complete("syncbn", "train", "--augment", "")).containsExactly("true", "false");
        assertThat(complete("syncbn", "train", "--lr", "")).isEmpty();
    }

    @Test
    void whatIsNotForPeopleIsNotOffered() throws Exception {
        assertThat(complete("syncbn", "worker", "--la")).doesNotContain("--launched");
        assertThat(complete("syncbn", "coordinator", "--lo")).doesNotContain("--log");
    }

    private List<String> complete(String... words) throws Exception {
        String given = String.join(
                " ", List.of(words).stream().map(word -> "'" + word + "'").toList());
        return bash("source '" + script + "'; set -- " + given + "\n" + PRESS_TAB)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String bash(String script) throws Exception {
        Process process = new ProcessBuilder("bash", "-c", script)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
