package io.syncbn.deploy.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What programs have measured: one JSON object a result.
 *
 * @param all in the order in which they were measured
 * @param failures of programs that measured nothing, in words
 */
public record Results(List<ObjectNode> all, List<String> failures) {

    public Results {
        all = List.copyOf(all);
        failures = List.copyOf(failures);
    }

    /**
     * The median of one number over the rounds; empty where it was not measured.
     *
     * @param pointer to the number, as in {@code /stepMillisMedian}
     * @param where what fields of the results hold
     */
    OptionalDouble median(String pointer, Map<String, ?> where) {
        List<Double> values = all.stream()
                .filter(result -> matches(result, where))
                .map(result -> result.at(pointer))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .toList();
        return values.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Samples.of(values).median());
    }

    private static boolean matches(ObjectNode result, Map<String, ?> where) {
        return where.entrySet().stream()
                .allMatch(field -> result.path(field.getKey()).asText().equals(String.valueOf(field.getValue())));
    }
}
