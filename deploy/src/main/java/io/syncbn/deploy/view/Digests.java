package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;

/** The workers' digests of model and optimizer, by step: at checkpoints, when generations begin, at the end. Not thread-safe. */
final class Digests {
    /** The newest steps of which digests are kept. */
    private static final int MOST_STEPS = 60;

    private final TreeMap<Long, Map<String, String>> steps = new TreeMap<>();

    /** @param digests pairs of step and digest, as a {@link ReportLine} has them */
    void add(String worker, JsonNode digests) {
        for (JsonNode digest : digests) {
            if (!digest.path(1).asText().isEmpty()) {
                steps.computeIfAbsent(digest.path(0).asLong(), step -> new TreeMap<>())
                        .put(worker, digest.path(1).asText());
            }
        }
        while (steps.size() > MOST_STEPS) {
            steps.pollFirstEntry();
        }
    }

    /** Whether at some step two workers differed. */
    boolean differ() {
        return steps.values().stream().anyMatch(Digests::differ);
    }

    private static boolean differ(Map<String, String> workers) {
        return new HashSet<>(workers.values()).size() > 1;
    }

    void write(ObjectNode json) {
        ArrayNode list = json.putArray("digests");
        steps.forEach((step, workers) -> {
            ObjectNode one = list.addObject().put("step", step).put("equal", !differ(workers));
            ObjectNode each = one.putObject("workers");
            workers.forEach(each::put);
        });
    }
}
