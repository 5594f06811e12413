package io.syncbn.deploy.export;

import io.syncbn.deploy.launch.JsonLine;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * When a run's steps ended: metrics.jsonl says how long each took, not when. A generation's beginning is in events.jsonl;
 * from there the durations of its steps add up, without evaluations between. Without such events, durations count back from
 * the last one.
 */
final class WallTimes {
    private static final String GENERATION = "generation";

    /** Milliseconds since 1970, by the last step done before. */
    private final NavigableMap<Long, Long> beginnings = new TreeMap<>();

    /** Sum of the durations up to and with a step. */
    private final NavigableMap<Long, Double> durations = new TreeMap<>(Map.of(0L, 0.0));

    /**
     * @param events lines of events.jsonl, in their order
     * @param steps lines of metrics.jsonl
     * @param endMillis when the last step ended, if there are no events
     */
    WallTimes(List<JsonLine> events, List<JsonLine> steps, long endMillis) {
        for (JsonLine step : steps) {
            if (step.has("stepMillis")) {
                double before = durations.lastEntry().getValue();
                durations.put((long) step.number("step"), before + step.number("stepMillis"));
            }
        }
        for (JsonLine event : events) {
            if (event.text("event").equals(GENERATION)) {
                long step = (long) event.number("step");
                beginnings.tailMap(step, true).clear(); // the job has gone back
                beginnings.put(step, (long) event.number("millis"));
            }
        }
        if (beginnings.isEmpty()) {
            beginnings.put(0L, endMillis - durations.lastEntry().getValue().longValue());
        }
    }

    /** Milliseconds since 1970 at which a step ended. */
    long millisAfter(long step) {
        Map.Entry<Long, Long> before = beginnings.lowerEntry(step);
        Map.Entry<Long, Long> beginning = before == null ? beginnings.firstEntry() : before;
        double trained = durationTo(step) - durationTo(beginning.getKey());
        return beginning.getValue() + (long) trained;
    }

    private double durationTo(long step) {
        return durations.floorEntry(step).getValue();
    }
}
