package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A golden transcript: a text of a state machine's inputs and outputs, for reading and as a test.
 *
 * <p>Lines that begin with {@code >} go in; each is followed by the lines that came out, indented. All others are
 * comments. {@code -Dtranscripts.rewrite=true} rewrites the outputs in the files, to be reviewed like any change.
 */
public final class Transcript {
    private static final String INPUT = "> ";
    private static final String OUTPUT = "    ";

    private Transcript() {}

    /** All transcripts of a folder under {@code src/test/resources/transcripts}. */
    public static List<Path> in(String folder) {
        try (Stream<Path> files = Files.list(sources().resolve(folder))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Found from where this class was built, because these tests are also run from another module's directory. */
    private static Path sources() {
        try {
            URI testClasses = Transcript.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return Path.of(testClasses)
                    .resolve("../../src/test/resources/transcripts")
                    .normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a directory has a URI", e);
        }
    }

    /** Feeds every input to the machine and compares all that comes out. */
    public static void check(Path file, Function<String, List<String>> machine) throws IOException {
        List<String> actual = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith(OUTPUT)) {
                actual.add(line);
            }
            if (line.startsWith(INPUT)) {
                machine.apply(line.substring(INPUT.length())).forEach(output -> actual.add(OUTPUT + output));
            }
        }
        if (Boolean.getBoolean("transcripts.rewrite")) {
            Files.write(file, actual);
        }
        assertThat(String.join("\n", actual)).as("%s", file).isEqualTo(String.join("\n", Files.readAllLines(file)));
    }

    /** The {@code name=value} words of a line. */
    public static Map<String, String> options(String line) {
        Map<String, String> options = new HashMap<>();
        for (String word : line.split(" ")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                options.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return options;
    }
}
