package io.syncbn.coordinator.membership;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The natural order of names with numbers in them: worker-2 before worker-10. Total: only equal names are equal. */
final class NaturalOrder implements Comparator<String> {
    private static final Pattern BETWEEN_DIGITS_AND_OTHERS = Pattern.compile("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");

    @Override
    public int compare(String left, String right) {
        List<String> lefts = List.of(BETWEEN_DIGITS_AND_OTHERS.split(left));
        List<String> rights = List.of(BETWEEN_DIGITS_AND_OTHERS.split(right));
        for (int i = 0; i < Math.min(lefts.size(), rights.size()); i++) {
            int order = compareParts(lefts.get(i), rights.get(i));
            if (order != 0) {
                return order;
            }
        }
        int order = Integer.compare(lefts.size(), rights.size());
        return order != 0 ? order : left.compareTo(right);
    }

    /** Names grouped by value, as in "worker-0, worker-2 aaaa; worker-1 bbbb". */
    static String list(Map<String, List<String>> namesByValue) {
        return namesByValue.entrySet().stream()
                .map(entry -> String.join(", ", entry.getValue()) + " " + entry.getKey())
                .sorted(new NaturalOrder())
                .collect(Collectors.joining("; "));
    }

    private static int compareParts(String left, String right) {
        boolean areNumbers = isNumber(left) && isNumber(right);
        return areNumbers ? new BigInteger(left).compareTo(new BigInteger(right)) : left.compareTo(right);
    }

    private static boolean isNumber(String part) {
        return !part.isEmpty() && part.charAt(0) >= '0' && part.charAt(0) <= '9';
    }
}
