package io.syncbn.deploy.settings;

import java.util.Locale;

/** A size of memory, written as Java's own flags take it: {@code 512m}, {@code 2g}. */
public record MemorySize(long bytes) implements Comparable<MemorySize> {
    private static final String UNITS = "kmgt";

    /** @param text digits, at most 9 before a unit, and 15 without one */
    public static MemorySize parse(String text) {
        int unit = UNITS.indexOf(text.toLowerCase(Locale.ROOT).charAt(text.length() - 1));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        return new MemorySize(Long.parseLong(digits) << 10 * (unit + 1));
    }

    public static MemorySize ofMebibytes(long number) {
        return new MemorySize(number << 20);
    }

    @Override
    public int compareTo(MemorySize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** In the largest unit that it is a whole number of. */
    @Override
    public String toString() {
        int unit = 0;
        while (unit < UNITS.length() && bytes != 0 && bytes % (1L << 10 * (unit + 1)) == 0) {
            unit++;
        }
        return (bytes >> 10 * unit) + (unit == 0 ? "" : UNITS.substring(unit - 1, unit));
    }
}
