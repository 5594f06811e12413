package io.syncbn.deploy.system;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pages in Prometheus's text format, laid over each other.
 *
 * @param types of metrics, by name
 * @param helps of metrics, by name
 * @param labelsOfSamples names of labels, by names of samples, of which a summary has several
 */
record Exposition(Map<String, String> types, Map<String, String> helps, Map<String, Set<String>> labelsOfSamples) {
    private static final Pattern COMMENT = Pattern.compile("# (TYPE|HELP) (\\w+) ?(.*)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    static Exposition of(List<String> pages) {
        Exposition all = new Exposition(new TreeMap<>(), new TreeMap<>(), new HashMap<>());
        pages.forEach(page -> page.lines().forEach(all::add));
        return all;
    }

    private void add(String line) {
        Matcher comment = COMMENT.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (comment.matches()) {
            (comment.group(1).equals("TYPE") ? types : helps)
                    .put(comment.group(2), comment.group(3).strip());
        } else if (sample.matches()) {
            Set<String> labels = labelsOfSamples.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
            Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
    }

    /** Names that a query may have. */
    Set<String> samples() {
        return labelsOfSamples.keySet();
    }

    /** Names of a metric's labels, in order. */
    Set<String> labels(String metric) {
        return labelsOfSamples.get(metric);
    }
}
