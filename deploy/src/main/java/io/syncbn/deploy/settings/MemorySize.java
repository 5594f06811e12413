package io.syncbn.deploy.settings;

import java.util.Locale;

/** Sizes of memory as Java's own flags take them: {@code 512m}, {@code 2g}. */
public final class MemorySize {
    private static final String UNITS = "kmgt";

    private MemorySize() {}

    /** @param text digits, at most 9 before a unit, and 15 without one */
    public static long bytes(String text) {
        int unit = UNITS.indexOf(text.toLowerCase(Locale.ROOT).charAt(text.length() - 1));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        return Long.parseLong(digits) << 10 * (unit + 1);
    }
}
