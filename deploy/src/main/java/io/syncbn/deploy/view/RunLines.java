package io.syncbn.deploy.view;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds lines in the files of a run, by step or by time. */
final class RunLines {
    /** No other file of a run is shown, and none outside of it. */
    private static final Pattern FILES =
            Pattern.compile("(metrics|events|workers)\\.jsonl|logs/[A-Za-z0-9][A-Za-z0-9._-]*\\.log");

    private static final Pattern PLACE = Pattern.compile("(step|millis):(\\d{1,18})");
    private static final DateTimeFormatter LOG_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    private static final int BEFORE = 6;
    private static final int AFTER = 12;
    private static final int LONGEST_LINE = 2000;

    private RunLines() {}

    /** The lines around a place, with the file's name, or why there are none. */
    static String near(Path run, String file, String place) {
        Matcher where = PLACE.matcher(place);
        if (!FILES.matcher(file).matches() || !where.matches()) {
            return "no lines of '" + file + "' at '" + place + "'\n";
        }
        Path path = run.resolve(file);
        if (!Files.isRegularFile(path)) {
            return file + " is not there\n";
        }
        String sought = file.endsWith(".log")
                ? logTime(Long.parseLong(where.group(2)))
                : "\"" + where.group(1) + "\":" + where.group(2);
        // A long run's file is larger than this process's memory.
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8))) {
            return file + "\n" + around(lines.lines().iterator(), sought, file.endsWith(".log"));
        } catch (IOException | UncheckedIOException e) {
            return file + " cannot be read: " + e.getMessage() + "\n";
        }
    }

    private static String logTime(long millis) {
        return LOG_TIME.format(LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneId.systemDefault()));
    }

    private static String around(Iterator<String> lines, String sought, boolean isLog) {
        Deque<String> before = new ArrayDeque<>();
        StringBuilder found = new StringBuilder();
        int left = -1;
        while (lines.hasNext() && left != 0) {
            String line = lines.next();
            if (left > 0) {
                found.append(cut(line));
                left--;
            } else if (isAt(line, sought, isLog)) {
                before.forEach(each -> found.append(cut(each)));
                found.append(cut(line));
                left = AFTER;
            } else {
                before.addLast(line);
                if (before.size() > BEFORE) {
                    before.removeFirst();
                }
            }
        }
        if (left < 0) { // it ends before: its last lines
            before.forEach(each -> found.append(cut(each)));
        }
        return found.toString();
    }

    /** Lines of logs begin with their time, so that the first one not before it is sought. */
    private static boolean isAt(String line, String sought, boolean isLog) {
        if (isLog) {
            return line.length() > sought.length() && Character.isDigit(line.charAt(0)) && line.compareTo(sought) >= 0;
        }
        int at = line.indexOf(sought);
        int end = at + sought.length();
        return at >= 0 && (end == line.length() || !Character.isDigit(line.charAt(end)));
    }

    private static String cut(String line) {
        return (line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line) + "\n";
    }
}
