package io.syncbn.deploy.mistakes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A mistake that a programmer could make, and tests of which at least one must notice it.
 *
 * @param name in a few words
 * @param in class whose file is changed, without {@code io.syncbn.}
 * @param insteadOf piece of that file; any white space stands for any other
 * @param write what takes its place
 * @param caughtBy tests as CLASS or CLASS#METHOD, without {@code io.syncbn.}
 */
record Mistake(String name, String in, String insteadOf, String write, List<String> caughtBy) {
    private static final List<String> KEYS = List.of("in", "instead of", "write", "caught by");

    @Override
    public String toString() {
        return name;
    }

    /** All of {@code planted-mistakes.txt}. */
    static List<Mistake> all() {
        try (InputStream text = Mistake.class.getResourceAsStream("planted-mistakes.txt")) {
            return read(new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mistakes are apart by empty lines; lines that begin with # are comments. */
    static List<Mistake> read(String text) {
        List<Mistake> mistakes = new ArrayList<>();
        String bare = text.replaceAll("(?m)^#.*\n", "");
        for (String block : bare.strip().split("\n\\s*\n")) {
            mistakes.add(of(block.strip().split("\n")));
        }
        return mistakes;
    }

    private static Mistake of(String[] lines) {
        if (lines.length != 1 + KEYS.size()) {
            throw new IllegalArgumentException("a mistake has a name and the lines " + KEYS + ", not "
                    + Arrays.stream(lines).map(String::strip).toList());
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < KEYS.size(); i++) {
            String line = lines[i + 1].strip();
            if (!line.startsWith(KEYS.get(i))) {
                throw new IllegalArgumentException(lines[0] + ": expected '" + KEYS.get(i) + "', found '" + line + "'");
            }
            values.add(line.substring(KEYS.get(i).length()).strip());
        }
        return new Mistake(
                lines[0].strip(),
                values.get(0),
                values.get(1),
                values.get(2),
                List.of(values.get(3).split(",\\s*")));
    }

    /** The source with the mistake in it. A piece that is not there exactly once says that the list is out of date. */
    String plantIn(String source) {
        Pattern piece = Pattern.compile(
                Arrays.stream(insteadOf.split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+")));
        long places = piece.matcher(source).results().count();
        if (places != 1) {
            throw new AssertionError("planted-mistakes.txt, '" + name + "': '" + insteadOf + "' stands " + places
                    + " times in " + in + ", expected once");
        }
        return piece.matcher(source).replaceFirst(Matcher.quoteReplacement(write));
    }
}
