package io.syncbn.deploy.chaos;

import io.syncbn.deploy.launch.ProcessTable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a list of faults, one a line; what follows a {@code #} is for people.
 *
 * <pre>
 * at step 40: kill worker-2
 * after 12 s: cut worker-1 down for 3 s      # since the first step was committed
 * </pre>
 */
public final class FaultList {
    private static final Pattern LINE =
            Pattern.compile("(?:at step (?<step>\\d{1,15})|after (?<after>" + Durations.PATTERN + ")): *(?<what>.*)");
    private static final Pattern REST = Pattern.compile("(?<target>coordinator|all|worker-\\d{1,6})"
            + "(?<way> up| down)?"
            + "(?: by (?<by>" + Durations.PATTERN + "))?"
            + "(?: to (?<to>[1-9]\\d{0,8}) ?KB/s)?"
            + "(?: for (?<for>" + Durations.PATTERN + "))?");

    private final String name;
    private final List<String> problems;

    private FaultList(String name, List<String> problems) {
        this.name = name;
        this.problems = problems;
    }

    /**
     * Reads a file.
     *
     * @param problems gets everything that is wrong, with file and line
     */
    public static List<Fault> read(Path file, List<String> problems) {
        try {
            List<String> found = new ArrayList<>();
            List<Fault> faults = parse(file.toString(), Files.readString(file), found);
            if (faults.isEmpty() && found.isEmpty()) {
                found.add("the list of faults " + file + " is empty");
            }
            problems.addAll(found);
            return faults;
        } catch (NoSuchFileException e) {
            problems.add("the list of faults " + file + " does not exist");
        } catch (CharacterCodingException e) {
            problems.add("the list of faults " + file + " cannot be read: it is not UTF-8");
        } catch (IOException e) {
            problems.add("the list of faults " + file + " cannot be read: " + e.getMessage());
        }
        return List.of();
    }

    /** @param name of what is read, for problems */
    static List<Fault> parse(String name, String text, List<String> problems) {
        FaultList list = new FaultList(name, problems);
        List<Fault> faults = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip().replaceAll("\\s+", " ");
            if (!line.isEmpty()) {
                list.fault(i + 1, line).ifPresent(faults::add);
            }
        }
        return faults;
    }

    private Optional<Fault> fault(int number, String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return problem(number, line, "at step N: …, or after 12 s: …");
        }
        Trigger moment = matcher.group("step") != null
                ? Trigger.atStep(Long.parseLong(matcher.group("step")))
                : Trigger.afterMillis(Durations.millis(matcher.group("after")));
        String what = matcher.group("what");
        Optional<FaultKind> verb = FaultKind.of(what);
        if (verb.isEmpty()) {
            return problem(
                    number,
                    what,
                    "one of: "
                            + Arrays.stream(FaultKind.values())
                                    .map(FaultKind::toString)
                                    .collect(Collectors.joining(", ")));
        }
        return fault(number, moment, verb.get(), what);
    }

    private Optional<Fault> fault(int number, Trigger moment, FaultKind verb, String what) {
        Matcher rest = REST.matcher(what.substring(verb.toString().length()).strip());
        boolean isRight = rest.matches()
                && (verb.target() != FaultKind.Target.WORKER
                        || !rest.group("target").equals(ProcessTable.COORDINATOR))
                && (verb.target() == FaultKind.Target.ANY_OR_ALL
                        || !rest.group("target").equals(Fault.ALL))
                && (verb.takes(FaultKind.Part.WAY) || rest.group("way") == null)
                && verb.takes(FaultKind.Part.BY) == (rest.group("by") != null)
                && verb.takes(FaultKind.Part.TO) == (rest.group("to") != null)
                && verb.takes(FaultKind.Part.FOR) == (rest.group("for") != null);
        if (!isRight) {
            return problem(number, what, verb.pattern());
        }
        String way = rest.group("way") == null ? "both" : rest.group("way").strip();
        long amount = 0;
        if (verb.takes(FaultKind.Part.BY)) {
            amount = Durations.millis(rest.group("by"));
        } else if (verb.takes(FaultKind.Part.TO)) {
            amount = Long.parseLong(rest.group("to")) * Fault.BYTES_PER_KILOBYTE;
        }
        return Optional.of(new Fault(
                moment,
                verb,
                rest.group("target"),
                LinkDirection.valueOf(way.toUpperCase(Locale.ROOT)),
                amount,
                verb.takes(FaultKind.Part.FOR) ? Durations.millis(rest.group("for")) : 0));
    }

    private Optional<Fault> problem(int number, String given, String expected) {
        problems.add(name + ":" + number + ": '" + given + "'; expected " + expected);
        return Optional.empty();
    }
}
