package io.syncbn.deploy.launch;

import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** One JSON object of {@code metrics.jsonl} or {@code result.json}. */
record Metrics(Map<?, ?> values) {

    /** Reads an object; empty if the text is none. JSON is a part of YAML 1.2, so YAML's reader will do. */
    static Optional<Metrics> of(String json) {
        try {
            return new Load(LoadSettings.builder().build()).loadFromString(json) instanceof Map<?, ?> values
                    ? Optional.of(new Metrics(values))
                    : Optional.empty();
        } catch (YamlEngineException e) {
            return Optional.empty();
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** A number; NaN where there is none, as for a loss that is no longer a number. */
    double number(String name) {
        return values.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    String text(String name) {
        return String.valueOf(values.get(name));
    }
}
