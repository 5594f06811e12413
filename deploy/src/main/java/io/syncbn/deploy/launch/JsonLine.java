package io.syncbn.deploy.launch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/** One JSON object of {@code metrics.jsonl}, {@code events.jsonl} or {@code result.json}. */
public record JsonLine(JsonNode values) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads an object; empty if the text is none. */
    public static Optional<JsonLine> of(String json) {
        try {
            return Optional.of(JSON.readTree(json)).filter(JsonNode::isObject).map(JsonLine::new);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    public boolean has(String name) {
        return values.has(name);
    }

    /** A number; NaN where there is none, as for a loss that is no longer a number. */
    public double number(String name) {
        return values.path(name).asDouble(Double.NaN);
    }

    /** A text; empty where there is none. */
    public String text(String name) {
        return values.path(name).asText();
    }
}
