package io.syncbn.deploy.launch;

import io.syncbn.proto.net.Address;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The log of one process. Later processes of its name append to it; what was there before this one is ignored. */
final class Log {
    /** How much of a log's end is read: far more than a message and its context. */
    private static final int TAIL_BYTES = 64 * 1024;

    private static final String LISTENING = "listening on ";
    private static final String PAGE = "page at ";
    private static final String REASON = "syncbn: ";

    /** A coordinator prints it, a worker logs it. */
    private static final Pattern METRICS = Pattern.compile("(?:.*: )?metrics at http://(\\S+)/metrics");

    private final Path file;
    private final long startBytes;

    Log(Path file) {
        this.file = file;
        try {
            this.startBytes = Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return file;
    }

    /** The address that a coordinator says it listens on. */
    Optional<Address> address() {
        return lines().stream()
                .filter(line -> line.startsWith(LISTENING))
                .map(line -> Address.parse(line.substring(LISTENING.length()).strip()))
                .findFirst();
    }

    /** The URL of the page that a coordinator says it serves. */
    Optional<String> page() {
        return lines().stream()
                .filter(line -> line.startsWith(PAGE))
                .map(line -> line.substring(PAGE.length()).strip())
                .findFirst();
    }

    /** The address at which the process says it serves its metrics. */
    Optional<String> metricsAddress() {
        return lines().stream()
                .map(METRICS::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .findFirst();
    }

    /** The message with which the process ended, without its prefix: from there to the end of the log. */
    Optional<String> reason() {
        List<String> lines = lines();
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).startsWith(REASON)) {
                return Optional.of(
                        String.join("\n", lines.subList(i, lines.size())).substring(REASON.length()));
            }
        }
        return Optional.empty();
    }

    /** Messages that begin with some words, without time and logger; none before the process runs. */
    List<String> messages(String beginning) {
        if (!Files.exists(file)) {
            return List.of();
        }
        String begin = ": " + beginning;
        return lines().stream()
                .filter(line -> line.contains(begin))
                .map(line -> line.substring(line.indexOf(begin) + ": ".length()))
                .toList();
    }

    List<String> lastLines(int count) {
        List<String> lines = lines();
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    /** Complete lines only: the last one may be half written. */
    private List<String> lines() {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(startBytes, in.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) Math.max(0, in.length() - from)];
            in.seek(from);
            in.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
