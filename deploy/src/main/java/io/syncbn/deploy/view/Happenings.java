package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What happened to the membership: lines of events.jsonl, and the faults that --chaos caused. Not thread-safe. */
final class Happenings {
    /** The newest; a job whose workers come and go for days has more than a page can hold. */
    private static final int MOST_EVENTS = 1500;

    private static final int MOST_FAULTS = 1000;
    private static final String WAITING = "waiting for workers";
    /** What ends a job. */
    private static final Map<String, String> ENDS = Map.of("done", "done", "stopped", "stopped", "failed", "failed");

    private final Deque<JsonNode> events = new ArrayDeque<>();
    private final List<JsonNode> faults = new ArrayList<>();
    private final Map<String, Integer> slow = new HashMap<>();
    private long left;
    private String state = WAITING;
    private String text = "";
    private long generation;
    private JsonNode seats;

    /** A line of events.jsonl. */
    void event(JsonNode event) {
        String topic = event.path("event").asText();
        if (topic.equals("job")) {
            return;
        }
        events.addLast(event);
        if (events.size() > MOST_EVENTS) {
            events.removeFirst();
            left++;
        }
        generation = Math.max(generation, event.path("generation").asLong());
        switch (topic) {
            case "plan" -> seats = event.path("workers");
            case "generation" -> state = "running";
            case "hold" -> state = WAITING;
            case "joined" -> state = isOver() ? WAITING : state; // another attempt at the run
            case "restored" -> state = "going back to a checkpoint";
            case "slow" -> slow.merge(event.path("worker").asText(), 1, Integer::sum);
            default -> state = ENDS.getOrDefault(topic, state);
        }
        if (topic.equals("generation") && event.has("workers")) {
            seats = event.path("workers");
        }
        text = event.path("text").asText();
    }

    /** The faults of chaos.json, in place of those that were known. */
    void faults(JsonNode known) {
        faults.clear();
        for (JsonNode fault : known) {
            if (faults.size() < MOST_FAULTS) {
                faults.add(fault);
            }
        }
    }

    String state() {
        return state;
    }

    boolean isOver() {
        return ENDS.containsValue(state);
    }

    void write(ObjectNode json) {
        json.put("state", state)
                .put("lastEvent", text)
                .put("generation", generation)
                .put("eventsLeftOut", left);
        if (seats != null) {
            json.set("seats", seats);
        }
        ArrayNode list = json.putArray("events");
        events.forEach(list::add);
        ArrayNode broken = json.putArray("faults");
        faults.forEach(broken::add);
        ObjectNode slowness = json.putObject("slow");
        slow.forEach(slowness::put);
    }
}
