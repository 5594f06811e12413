package io.syncbn.deploy.bench;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Workers, and examples per worker and step; written {@code 2x4}. */
public record Configuration(int workers, int batch) {
    private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,3})[x×]([1-9]\\d{0,3})");
    private static final int SMALL_EXAMPLES = 8;
    /** Enough for all JVMs to finish compiling in the first half (25 s at 2 × 32), and to measure in the second. */
    private static final int LEAST_STEPS = 300;

    static final int PEER_PART = 8;

    public static Optional<Configuration> parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        return matcher.matches()
                ? Optional.of(new Configuration(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    int examples() {
        return workers * batch;
    }

    /** Steps to measure: with more examples fewer, so that all configurations take about the same time. */
    int steps(int ofSmall) {
        return Math.max(LEAST_STEPS, ofSmall * SMALL_EXAMPLES / examples());
    }

    /** Steps of a peer that has nothing to compile. */
    int peerSteps(int ofSmall) {
        return steps(ofSmall) / PEER_PART;
    }

    @Override
    public String toString() {
        return workers + " × " + batch;
    }
}
