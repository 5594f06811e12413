package io.syncbn.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A table that reads well as text and as Markdown. */
final class MarkdownTable {
    private final List<List<String>> rows = new ArrayList<>();

    /** @param header of each column */
    MarkdownTable(List<String> header) {
        rows.add(header);
    }

    void row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    rows.get(0) + " needs " + rows.get(0).size() + " cells, not " + cells);
        }
        rows.add(cells);
    }

    /** A number with the given decimals; a dash where there is none. */
    static String number(OptionalDouble value, int decimals) {
        return value.isPresent() ? String.format(Locale.ROOT, "%,." + decimals + "f", value.getAsDouble()) : "–";
    }

    /** One number divided by another; a dash where one is missing. */
    static OptionalDouble ratio(OptionalDouble over, OptionalDouble under) {
        return over.isPresent() && under.isPresent()
                ? OptionalDouble.of(over.getAsDouble() / under.getAsDouble())
                : OptionalDouble.empty();
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            List<String> cells = new ArrayList<>();
            for (int column = 0; column < widths.length; column++) {
                cells.add(String.format(
                        Locale.ROOT, "%" + widths[column] + "s", rows.get(row).get(column)));
            }
            text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
            if (row == 0) {
                List<String> rules = new ArrayList<>();
                for (int width : widths) {
                    rules.add("-".repeat(Math.max(1, width - 1)) + ":");
                }
                text.append(rules.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
            }
        }
        return text.toString();
    }
}
