package io.syncbn.deploy.settings;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobException;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.JobSettings;
import io.syncbn.proto.job.Setting;
import io.syncbn.proto.net.Address;
import io.syncbn.worker.data.DataFormats;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The settings of one command, read one by one. A bad value is noted and stands in as its default (or nothing), so that
 * {@link #check} can report all problems at once; until then no value may be acted upon.
 */
public final class Settings {
    /** A smaller heap is taken for a typing mistake. */
    private static final MemorySize LEAST_HEAP = MemorySize.parse("64m");

    /** So is a larger one; with far more Java does not even start. */
    private static final MemorySize MOST_HEAP = MemorySize.parse("1024g");

    private final Map<String, String> given;
    private final Map<String, Setting> known = new LinkedHashMap<>();
    private final List<String> problems;

    /**
     * Settings as they were given.
     *
     * @param known the run settings of the command
     * @param given texts by name, of run and job
     * @param problems found so far
     */
    public Settings(List<Setting> known, Map<String, String> given, List<String> problems) {
        known.forEach(setting -> this.known.put(setting.name(), setting));
        this.given = Map.copyOf(given);
        this.problems = new ArrayList<>(problems);
    }

    /** Ends the command with every problem that was found. */
    public void check() {
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
    }

    /** Notes what is wrong; once, however many parts of a job read the same setting. */
    public void problem(String text) {
        if (!problems.contains(text)) {
            problems.add(text);
        }
    }

    /** Whether a flag or a file sets it. */
    public boolean isGiven(Setting setting) {
        return given.containsKey(setting.name());
    }

    /**
     * The job, empty where something is wrong with it.
     *
     * @param shards how many it has if it does not say so
     */
    public Optional<Job> job(int shards) {
        Optional.of(given.getOrDefault("data", JobSettings.named("data").defaultValue()))
                .filter(data -> !data.isBlank())
                .flatMap(data -> DataFormats.problem(Job.DataSource.of(data), imageSize()))
                .ifPresent(problems::add);
        try {
            return Optional.of(JobParser.parse(given, shards));
        } catch (JobException e) {
            problems.addAll(e.problems());
            return Optional.empty();
        }
    }

    /** 0 too for what is no number, which the job's parser finds. */
    private int imageSize() {
        return Optional.ofNullable(given.get("image-size"))
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .orElse(0);
    }

    public Optional<String> text(Setting setting) {
        if (!known.containsKey(setting.name())) {
            throw new IllegalArgumentException(setting.name() + " is not among the settings of this command");
        }
        return Optional.of(given.getOrDefault(setting.name(), setting.defaultValue()))
                .filter(text -> !text.isEmpty());
    }

    /** A text that must be given. */
    public String needed(Setting setting) {
        Optional<String> text = text(setting);
        if (text.isEmpty()) {
            problem("--" + setting.name() + " " + setting.value() + " is missing");
        }
        return text.orElse("");
    }

    public Optional<Path> path(Setting setting) {
        return text(setting).flatMap(text -> {
            try {
                return Optional.of(Path.of(text));
            } catch (InvalidPathException e) {
                problem(setting, text, "a path");
                return Optional.empty();
            }
        });
    }

    public int integer(Setting setting, int least, int most) {
        return (int) number(setting, least, most);
    }

    public long number(Setting setting, long least, long most) {
        String text = text(setting).orElse("");
        try {
            long value = Long.parseLong(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        problem(setting, text, "a whole number from " + least + (most == Long.MAX_VALUE ? "" : " to " + most));
        return Long.parseLong(setting.defaultValue());
    }

    /** A number of whole seconds. */
    public Duration seconds(Setting setting, long least, long most) {
        return Duration.ofSeconds(number(setting, least, most));
    }

    /** Seconds, with or without a fraction; as fine as milliseconds. */
    public Duration fractionalSeconds(Setting setting, Duration least, Duration most) {
        String text = text(setting).orElse("");
        try {
            BigDecimal millis = new BigDecimal(text.strip()).movePointRight(3);
            if (millis.compareTo(BigDecimal.valueOf(least.toMillis())) >= 0
                    && millis.compareTo(BigDecimal.valueOf(most.toMillis())) <= 0) {
                return Duration.ofMillis(
                        millis.setScale(0, RoundingMode.HALF_UP).longValueExact());
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        problem(setting, text, "seconds from " + inSeconds(least) + " to " + inSeconds(most));
        return Duration.ofMillis(
                new BigDecimal(setting.defaultValue()).movePointRight(3).longValueExact());
    }

    private static String inSeconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    /** A whole number from 1, or two with a colon between: the least and the most. */
    public Range range(Setting setting, int most) {
        String text = text(setting).orElse("");
        String[] ends = text.split(":", -1);
        try {
            int first = Integer.parseInt(ends[0].strip());
            int last = Integer.parseInt(ends[ends.length - 1].strip());
            if (ends.length <= 2 && first >= 1 && first <= last && last <= most) {
                return new Range(first, last);
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        problem(setting, text, "a whole number from 1 to " + most + ", or two as LEAST:MOST");
        String[] usual = setting.defaultValue().split(":");
        return new Range(Integer.parseInt(usual[0]), Integer.parseInt(usual[usual.length - 1]));
    }

    /**
     * Several values with commas between; at least one.
     *
     * @param expected the values, in words
     * @param parse empty where a text is no such value
     */
    public <T> List<T> list(Setting setting, String expected, Function<String, Optional<T>> parse) {
        String text = text(setting).orElse("");
        List<T> values = Arrays.stream(text.split(",", -1))
                .map(each -> parse.apply(each.strip()))
                .flatMap(Optional::stream)
                .toList();
        if (values.size() == text.split(",", -1).length) {
            return values;
        }
        problem(setting, text, expected + " and commas between");
        return List.of();
    }

    /** Several whole numbers with commas between; at least one. */
    public List<Integer> integers(Setting setting, int least, int most) {
        return list(setting, "whole numbers from " + least + " to " + most, text -> {
            try {
                return Optional.of(Integer.valueOf(text)).filter(value -> value >= least && value <= most);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }

    /** One of a few values, each written as its {@code toString}; the first of them where another one was given. */
    public <T> T choice(Setting setting, List<T> values) {
        String text = text(setting).orElse("");
        Optional<T> chosen =
                values.stream().filter(value -> value.toString().equals(text)).findFirst();
        if (chosen.isEmpty()) {
            problem(setting, text, values.stream().map(Object::toString).collect(Collectors.joining(" or ")));
        }
        return chosen.orElse(values.get(0));
    }

    /** A size of a heap as Java's own flags take it, or empty. */
    public Optional<MemorySize> memory(Setting setting) {
        Optional<String> text = text(setting);
        Optional<MemorySize> size = text.filter(given -> given.matches("[1-9]\\d{0,8}[mMgG]"))
                .map(MemorySize::parse)
                .filter(given -> given.compareTo(LEAST_HEAP) >= 0 && given.compareTo(MOST_HEAP) <= 0);
        if (text.isPresent() && size.isEmpty()) {
            problem(setting, text.get(), "a size such as 512m or 2g, from 64m to 1024g");
        }
        return size;
    }

    /** Where a server of the web is, or empty. */
    public Optional<URI> webAddress(Setting setting) {
        Optional<String> text = text(setting);
        Optional<URI> address = text.flatMap(Settings::webAddress);
        if (text.isPresent() && address.isEmpty()) {
            problem(setting, text.get(), "an address as in http://localhost:5000");
        }
        return address;
    }

    private static Optional<URI> webAddress(String text) {
        try {
            return Optional.of(new URI(text))
                    .filter(uri -> List.of("http", "https").contains(uri.getScheme()) && uri.getHost() != null)
                    .filter(uri -> uri.getQuery() == null && uri.getFragment() == null);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    public boolean flag(Setting setting) {
        String text = text(setting).orElse("");
        if (!text.equals("true") && !text.equals("false")) {
            problem(setting, text, "true or false");
        }
        return text.equals("true");
    }

    /** An address, which must be given; empty where something is wrong with it. */
    public Optional<Address> address(Setting setting) {
        String text = needed(setting);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Address.parse(text));
        } catch (IllegalArgumentException e) {
            problem("--" + setting.name() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The final texts of a job and of some run settings, by name: what a job file with the same meaning holds. */
    public Map<String, String> texts(Job job, List<Setting> recorded) {
        Map<String, String> texts = new LinkedHashMap<>(job.settings());
        recorded.forEach(setting -> text(setting).ifPresent(text -> texts.put(setting.name(), text)));
        return texts;
    }

    private void problem(Setting setting, String given, String expected) {
        problem("--" + setting.name() + " is '" + given + "'; expected " + expected);
    }
}
