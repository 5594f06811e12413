package io.syncbn.deploy.chaos;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Lengths of time as people write them: {@code 300 ms}, {@code 2.5 s}. */
final class Durations {
    static final String PATTERN = "\\d+ ?ms|\\d+(?:\\.\\d+)? ?s";

    private static final Pattern UNIT = Pattern.compile(" ?(ms|s)$");
    private static final BigDecimal MILLIS_PER_SECOND = BigDecimal.valueOf(1000);

    private Durations() {}

    /** @param text that matches {@link #PATTERN} */
    static long millis(String text) {
        BigDecimal number = new BigDecimal(UNIT.matcher(text).replaceFirst(""));
        return (text.endsWith("ms") ? number : number.multiply(MILLIS_PER_SECOND)).longValue();
    }

    static String text(long millis) {
        return millis < MILLIS_PER_SECOND.longValue() && millis > 0
                ? millis + " ms"
                : BigDecimal.valueOf(millis)
                                .divide(MILLIS_PER_SECOND)
                                .stripTrailingZeros()
                                .toPlainString()
                        + " s";
    }
}
