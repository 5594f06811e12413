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
import java.util.function.Consumer;

/** What happened to the membership: lines of events.jsonl, and the faults that --chaos caused. Not thread-safe. */
final class Happenings {
    /** The newest; a job whose workers come and go for days has more than a page can hold. */
    private static final int MOST_EVENTS = 1500;

    private static final int MOST_FAULTS = 1000;
    private static final int MOST_SLOW = 20;
    private static final String WAITING = "waiting for workers";
    /** What ends a job. */
    private static final Map<String, String> ENDS = Map.of("done", "done", "stopped", "stopped", "failed", "failed");

    private final Deque<JsonNode> events = new ArrayDeque<>();
    private final List<JsonNode> faults = new ArrayList<>();
    /** By worker: how often the others waited for it alone, and when last. */
    private final Map<String, Slowness> slow = new HashMap<>();

    private long left;

    private record Slowness(int times, long lastStep) {
        Slowness again(long step) {
            return new Slowness(times + 1, step);
        }
    }

    private String state = WAITING;
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
        generation = event.path("generation").asLong(generation);
        switch (topic) {
            case "plan" -> seats = event.path("workers");
            case "generation" -> state = "running";
            case "hold" -> state = WAITING;
            case "joined" -> state = isOver() ? WAITING : state; // another attempt at the run
            case "restored" -> state = "going back to a checkpoint";
            case "slow" ->
                slow(event.path("worker").asText(), event.path("step").asLong());
            default -> state = ENDS.getOrDefault(topic, state);
        }
        if (topic.equals("generation") && event.has("workers")) {
            seats = event.path("workers");
        }
    }

    private void slow(String worker, long step) {
        if (slow.size() < MOST_SLOW || slow.containsKey(worker)) {
            slow.put(worker, slow.getOrDefault(worker, new Slowness(0, 0)).again(step));
        }
    }

    /** What to look at, for people. */
    void alarms(Consumer<String> alarms) {
        slow.forEach((worker, how) -> alarms.accept("the others have waited for " + worker + " alone, "
                + (how.times() == 1 ? "once" : how.times() + " times") + ", last at step " + how.lastStep()
                + ": see the events"));
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
        json.put("state", state).put("generation", generation).put("eventsLeftOut", left);
        if (seats != null) {
            json.set("seats", seats);
        }
        ArrayNode list = json.putArray("events");
        events.forEach(list::add);
        ArrayNode broken = json.putArray("faults");
        faults.forEach(broken::add);
    }
}
