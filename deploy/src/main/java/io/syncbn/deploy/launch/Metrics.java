package io.syncbn.deploy.launch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/** One JSON object of {@code metrics.jsonl} or {@code result.json}. */
record Metrics(JsonNode values) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads an object; empty if the text is none. */
    static Optional<Metrics> of(String json) {
        try {
            return Optional.of(JSON.readTree(json)).filter(JsonNode::isObject).map(Metrics::new);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    boolean has(String name) {
        return values.has(name);
    }

    /** A number; NaN where there is none, as for a loss that is no longer a number. */
    double number(String name) {
        return values.path(name).asDouble(Double.NaN);
    }

    String text(String name) {
        return values.path(name).asText();
    }
}
