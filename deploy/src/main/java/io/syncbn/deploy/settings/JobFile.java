package io.syncbn.deploy.settings;

import io.syncbn.proto.DidYouMean;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A YAML file of settings: one mapping from names to single values. Values stay the text that was written, so that a file
 * and a flag mean the same.
 */
public final class JobFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MOST_DEPTH = 100;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    private final Path file;
    private final Collection<String> names;
    private final Set<String> seen = new HashSet<>();
    private final List<String> problems;

    private JobFile(Path file, Collection<String> names, List<String> problems) {
        this.file = file;
        this.names = names;
        this.problems = problems;
    }

    /**
     * Reads the settings of a file.
     *
     * @param names that may occur
     * @param problems gets what is wrong, with file and line
     */
    public static Map<String, String> read(Path file, Collection<String> names, List<String> problems) {
        return new JobFile(file, names, problems).read();
    }

    /** The YAML text of settings, in their order; empty values are left out. */
    public static String text(Map<String, String> settings) {
        StringBuilder text = new StringBuilder();
        settings.forEach((name, value) -> {
            if (!value.isEmpty()) {
                text.append(name).append(": ").append(scalar(value)).append('\n');
            }
        });
        return text.toString();
    }

    private static String scalar(String value) {
        return value.matches("[\\w./+-]+") && !NULLS.contains(value) ? value : "'" + value.replace("'", "''") + "'";
    }

    private Map<String, String> read() {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> found = new ArrayList<>();
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file.toString()).build();
            read(new Parse(settings).parseString(content()).iterator(), values, found);
            problems.addAll(found);
        } catch (NoSuchFileException e) {
            problems.add("job file " + file + " does not exist");
        } catch (IOException e) {
            problems.add("job file " + file + " cannot be read: " + reason(e));
        } catch (MarkedYamlEngineException e) {
            problems.add(file + line(e.getProblemMark()) + ": " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(file + ": " + e.getMessage());
        }
        return values;
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "access denied" : e.getMessage();
    }

    private String content() throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IOException("it has more than " + MAX_BYTES + " bytes, which is no list of settings");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8; save it in that encoding", e);
        }
    }

    /**
     * Reads the parser's events, not a tree: nested values and aliases, which are no single values, are never built up.
     * Nesting that is too deep ends the reading, whose time grows with the square of the depth.
     */
    private void read(Iterator<Event> events, Map<String, String> values, List<String> found) {
        ScalarEvent name = null;
        int depth = 0;
        boolean ended = false;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof CollectionEndEvent) {
                depth--;
                continue;
            }
            if (event instanceof DocumentStartEvent && ended) {
                found.add(file + line(event.getStartMark()) + ": a second document begins; expected a single one");
                return;
            }
            ended |= event instanceof DocumentEndEvent;
            if (!(event instanceof NodeEvent)) {
                continue;
            }
            if (depth == 0 && !(event instanceof MappingStartEvent)) {
                if (!isNull(event)) {
                    found.add(file + ": expected lines of the form name: value");
                }
                return;
            }
            if (depth == 1 && name == null) {
                if (!(event instanceof ScalarEvent scalar)) {
                    found.add(file + line(event.getStartMark()) + ": expected a name before the colon");
                    return;
                }
                name = scalar;
            } else if (depth == 1) {
                read(name, event, values, found);
                name = null;
            }
            if (event instanceof CollectionStartEvent && ++depth > MOST_DEPTH) {
                return;
            }
        }
    }

    private void read(ScalarEvent key, Event event, Map<String, String> values, List<String> found) {
        String place = file + line(key.getStartMark()) + ": ";
        String name = key.getValue();
        if (!names.contains(name)) {
            found.add(place + name + " is unknown" + DidYouMean.hint(name, names));
        } else if (event instanceof AliasEvent) {
            found.add(place + name + " is an alias; expected the value itself");
        } else if (!(event instanceof ScalarEvent value)) {
            found.add(place + name + " has several values; expected a single one");
        } else if (!seen.add(name)) {
            found.add(place + name + " is given twice");
        } else if (!isNull(value)) {
            values.put(name, value.getValue());
        }
    }

    /** YAML's null, in all its spellings: as good as not given. */
    private static boolean isNull(Event event) {
        return event instanceof ScalarEvent scalar && scalar.isPlain() && NULLS.contains(scalar.getValue());
    }

    private static String line(Optional<Mark> mark) {
        return mark.map(at -> ":" + (at.getLine() + 1)).orElse("");
    }
}
