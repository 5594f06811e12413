package io.syncbn.proto.job;

import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;

/** The values a setting takes, and the canonical text for all spellings of a value. */
enum ValueKind {
    FLAG("true or false"),
    FRACTION("a number from 0, below 1", value -> value >= 0 && value < 1),
    POSITIVE("a number above 0", value -> value > 0 && value < 1e6),
    /** Excludes what float32 rounds to 0. */
    EPSILON("a number from 1e-30, below 1", value -> value >= 1e-30 && value < 1);

    private final String expected;
    private final DoublePredicate good;

    ValueKind(String expected) {
        this(expected, value -> false);
    }

    ValueKind(String expected, DoublePredicate good) {
        this.expected = expected;
        this.good = good;
    }

    /** In words, for messages. */
    String expected() {
        return expected;
    }

    /** The canonical text (0.10 and 1e-1 are one value); empty if the given text is not a value of this kind. */
    Optional<String> canonical(String given) {
        if (this == FLAG) {
            return Optional.of(given).filter(List.of("true", "false")::contains);
        }
        try {
            double value = Double.parseDouble(given.strip());
            return good.test(value) ? Optional.of(Double.toString(value)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
