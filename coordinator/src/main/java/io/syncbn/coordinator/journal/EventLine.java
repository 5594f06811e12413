package io.syncbn.coordinator.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.ShardRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A note as a line of JSON:
 *
 * <pre>
 * {"millis":1760000000000,"event":"generation","generation":2,"step":40,"worker":"worker-1",
 *  "workers":[{"name":"worker-0","firstShard":0,"shards":2}],"digest":"…","text":"…"}
 * </pre>
 *
 * {@code worker}, {@code workers} and {@code digest} are present if the event has them; a seat with a backup run also
 * has {@code backupFirstShard} and {@code backupShards}. The first line has the event {@code job} and the job's {@code
 * fingerprint}.
 */
public final class EventLine {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String JOB = "job";

    private EventLine() {}

    /** @param millis wall clock, for people */
    public static ObjectNode json(long millis, Effect.Note note) {
        ObjectNode json = JSON.createObjectNode()
                .put("millis", millis)
                .put("event", note.topic().toString())
                .put("generation", note.generation())
                .put("step", note.step());
        note.worker().ifPresent(worker -> json.put("worker", worker));
        if (!note.workers().isEmpty()) {
            ArrayNode workers = json.putArray("workers");
            for (Assignment.Seat seat : note.workers()) {
                ObjectNode one = workers.addObject()
                        .put("name", seat.name())
                        .put("firstShard", seat.run().first())
                        .put("shards", seat.run().count());
                seat.backupRun().ifPresent(backup -> one.put("backupFirstShard", backup.first())
                        .put("backupShards", backup.count()));
            }
        }
        note.digest().ifPresent(digest -> json.put("digest", digest));
        return json.put("text", note.text());
    }

    static String write(long millis, Effect.Note note) {
        return json(millis, note).toString();
    }

    /** The first line of a file, which identifies the job. */
    static String job(long millis, String fingerprint) {
        return JSON.createObjectNode()
                .put("millis", millis)
                .put("event", JOB)
                .put("generation", 0)
                .put("step", 0)
                .put("fingerprint", fingerprint)
                .put("text", "these are the events of the job with this fingerprint")
                .toString();
    }

    /** The job's fingerprint, if this is the line that states it. */
    static Optional<String> fingerprint(ObjectMapper mapper, String line) {
        try {
            JsonNode json = mapper.readTree(line);
            return json.path("event").asText().equals(JOB) ? text(json, "fingerprint") : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Parses a line; empty if it is invalid, such as one torn when its writer died. */
    static Optional<Effect.Note> read(ObjectMapper mapper, String line) {
        try {
            JsonNode json = mapper.readTree(line);
            List<Assignment.Seat> workers = new ArrayList<>();
            for (JsonNode seat : json.path("workers")) {
                workers.add(new Assignment.Seat(
                        seat.required("name").asText(),
                        new ShardRun(
                                seat.required("firstShard").asInt(),
                                seat.required("shards").asInt()),
                        seat.has("backupShards")
                                ? Optional.of(new ShardRun(
                                        seat.required("backupFirstShard").asInt(),
                                        seat.required("backupShards").asInt()))
                                : Optional.empty()));
            }
            return Optional.of(new Effect.Note(
                    Topic.valueOf(json.required("event").asText().toUpperCase(Locale.ROOT)),
                    json.required("generation").asLong(),
                    json.required("step").asLong(),
                    text(json, "worker"),
                    workers,
                    text(json, "digest"),
                    json.required("text").asText()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field)).map(JsonNode::asText);
    }
}
