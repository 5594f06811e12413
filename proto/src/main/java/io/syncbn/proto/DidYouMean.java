package io.syncbn.proto;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that a misspelt one was probably meant to be. */
public final class DidYouMean {
    private DidYouMean() {}

    /** {@code "; did you mean X?"}, or nothing when no known name is near. */
    public static String hint(String given, Collection<String> known) {
        return nearest(given, known).map(name -> "; did you mean " + name + "?").orElse("");
    }

    /** The known name with the fewest edits, if they are at most a third of the given name's length (and at least one). */
    public static Optional<String> nearest(String given, Collection<String> known) {
        int mostEdits = Math.max(1, given.length() / 3);
        return known.stream()
                .filter(name -> Math.abs(name.length() - given.length()) <= mostEdits)
                .filter(name -> edits(given, name) <= mostEdits)
                .min(Comparator.comparingInt((String name) -> edits(given, name))
                        .thenComparing(name -> name));
    }

    /** How many characters to insert, delete or replace to get from one text to the other (Levenshtein 1966). */
    static int edits(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
