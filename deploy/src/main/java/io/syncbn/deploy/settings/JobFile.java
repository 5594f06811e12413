package io.syncbn.deploy.settings;

import io.syncbn.proto.DidYouMean;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A YAML file of settings: one mapping from names to single values. Values stay the text that was written, so that a file
 * and a flag mean the same.
 */
public final class JobFile {
    private final Path file;
    private final Collection<String> names;
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
        return value.matches("[\\w./+-]+") ? value : "'" + value.replace("'", "''") + "'";
    }

    private Map<String, String> read() {
        Map<String, String> values = new LinkedHashMap<>();
        try {
            Optional<Node> root = new Compose(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .composeString(Files.readString(file));
            if (root.isEmpty()) {
                return values;
            }
            if (root.get() instanceof MappingNode mapping) {
                mapping.getValue().forEach(entry -> read(entry, values));
            } else {
                problems.add(file + ": expected lines of the form name: value");
            }
        } catch (NoSuchFileException e) {
            problems.add("job file " + file + " does not exist");
        } catch (IOException e) {
            problems.add("job file " + file + " cannot be read: " + e.getMessage());
        } catch (MarkedYamlEngineException e) {
            problems.add(file + line(e.getProblemMark()) + ": " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(file + ": " + e.getMessage());
        }
        return values;
    }

    private void read(NodeTuple entry, Map<String, String> values) {
        String place = file + line(entry.getKeyNode().getStartMark()) + ": ";
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            problems.add(place + "expected a name before the colon");
            return;
        }
        String name = key.getValue();
        if (!names.contains(name)) {
            problems.add(place + name + " is unknown" + DidYouMean.hint(name, names));
        } else if (!(entry.getValueNode() instanceof ScalarNode value)) {
            problems.add(place + name + " has several values; expected a single one");
        } else if (values.putIfAbsent(name, value.getValue()) != null) {
            problems.add(place + name + " is given twice");
        }
    }

    private static String line(Optional<Mark> mark) {
        return mark.map(at -> ":" + (at.getLine() + 1)).orElse("");
    }
}
