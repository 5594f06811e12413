package io.syncbn.coordinator.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.ShardRun;
import java.io.IOException;
import java.io.StringWriter;
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
final class EventLine {
    private static final JsonFactory FACTORY = new JsonFactory();

    private static final String JOB = "job";

    private EventLine() {}

    /** @param millis wall clock, for people */
    static String write(long millis, Effect.Note note) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("millis", millis);
            json.writeStringField("event", note.topic().toString());
            json.writeNumberField("generation", note.generation());
            json.writeNumberField("step", note.step());
            if (note.worker().isPresent()) {
                json.writeStringField("worker", note.worker().get());
            }
            if (!note.workers().isEmpty()) {
                json.writeArrayFieldStart("workers");
                for (Assignment.Seat seat : note.workers()) {
                    json.writeStartObject();
                    json.writeStringField("name", seat.name());
                    json.writeNumberField("firstShard", seat.run().first());
                    json.writeNumberField("shards", seat.run().count());
                    if (seat.backupRun().isPresent()) {
                        json.writeNumberField(
                                "backupFirstShard", seat.backupRun().get().first());
                        json.writeNumberField(
                                "backupShards", seat.backupRun().get().count());
                    }
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            if (note.digest().isPresent()) {
                json.writeStringField("digest", note.digest().get());
            }
            json.writeStringField("text", note.text());
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a text can be written to", e);
        }
        return line.toString();
    }

    /** The first line of a file, which identifies the job. */
    static String job(long millis, String fingerprint) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("millis", millis);
            json.writeStringField("event", JOB);
            json.writeNumberField("generation", 0);
            json.writeNumberField("step", 0);
            json.writeStringField("fingerprint", fingerprint);
            json.writeStringField("text", "these are the events of the job with this fingerprint");
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a text can be written to", e);
        }
        return line.toString();
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
