package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page: what the help says, in roff. */
class ManPageTest {
    private static final List<Command> COMMANDS = Commands.all("unused");
    private static final CommandLine SYNCBN = CommandLines.of(COMMANDS, "1.2.3");
    private static final String PAGE = ManPage.of(SYNCBN);

    @TempDir
    private Path directory;

    @Test
    void hasEveryCommandAndEveryFlagThatTheHelpShows() {
        for (Command command : COMMANDS) {
            assertThat(PAGE).contains("\n.SS \"syncbn " + command.name() + "\"\n");
            command.examples()
                    .forEach(example -> assertThat(PAGE).contains("\nsyncbn " + ManPage.escaped(example) + "\n"));
            for (OptionSpec option : line(command).getCommandSpec().options()) {
                if (!option.hidden() && !option.usageHelp()) {
                    assertThat(PAGE)
                            .containsPattern("\n\\.B \\Q" + ManPage.escaped(option.longestName()) + "\\E(=|\\[|\n)");
                }
            }
        }
        assertThat(PAGE).contains("syncbn 1.2.3").doesNotContain("launched", "\\-\\-log=", "\\-\\-log\n");
        assertThat(PAGE).contains("\n.B \"" + ManPage.escaped("syncbn export tensorboard RUN DIR [--flag value]…"));
        assertThat(PAGE).contains("decides initial weights", "130  interrupted by Ctrl\\-C");
    }

    private static CommandLine line(Command command) {
        CommandLine line = SYNCBN;
        for (String word : command.name().split(" ")) {
            line = line.getSubcommands().get(word);
        }
        return line;
    }

    /** Four commands take the job's settings. */
    @Test
    void doesNotRepeatWhatSeveralCommandsTake() {
        assertThat(PAGE.split("\n\\.B \\\\-\\\\-label\\\\-smoothing=", -1)).hasSize(2);
        assertThat(PAGE).contains(" the flags of syncbn train\n");
    }

    @Test
    void noTextIsTakenForARequest() {
        assertThat(ManPage.escaped("a\\b \"c\" -d 'e' ~ ^ ` × π"))
                .isEqualTo("a\\eb \\(dqc\\(dq \\-d \\(aqe\\(aq \\(ti \\(ha \\(ga \\[u00D7] \\[u03C0]");
        assertThat(PAGE.lines())
                .allSatisfy(line -> assertThat(line).matches("(\\.(TH|SH|SS|PP|TP|B|I|RS|RE|nf|fi)( .*)?|[^.'].*)"));
        assertThat(PAGE).matches("\\A\\p{ASCII}*\\z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"groff -man -ww -Tutf8", "mandoc -Tlint -W error", "man --warnings -l"})
    void isReadWithoutAWarning(String reader) throws Exception {
        String[] words = reader.split(" ");
        assumeThereIs(words[0]);
        Path page = Files.writeString(directory.resolve("syncbn.1"), PAGE);
        Path warnings = directory.resolve("warnings");
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.command().add(page.toString());
        builder.environment().put("MANPAGER", "cat");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.redirectError(warnings.toFile())
                .redirectOutput(directory.resolve("text").toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(warnings).isEmptyFile();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void readsAsWritten() throws IOException, InterruptedException {
        assumeThereIs("groff");
        Path page = Files.writeString(directory.resolve("syncbn.1"), PAGE);
        Path text = directory.resolve("text");
        Process process = new ProcessBuilder("groff", "-man", "-Tutf8", "-P-cbou", page.toString())
                .redirectOutput(text.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(text))
                .contains("--workers=W|MIN:MAX", "syncbn train --quiet --output json > result.json");
    }

    private static void assumeThereIs(String program) {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                "there is no " + program);
    }
}
