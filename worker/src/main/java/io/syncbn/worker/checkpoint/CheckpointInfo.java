package io.syncbn.worker.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code state.json} says about a checkpoint.
 *
 * @param formatVersion of the checkpoint, see {@link #FORMAT_VERSION}
 * @param step number of steps done
 * @param epoch number of passes over the data that are done
 * @param seed the job's
 * @param fingerprint the job's
 * @param weightsSha256 {@link StateDigest} of the state
 * @param files SHA-256 of each of the other files, by name
 * @param settings the job's, by name
 */
public record CheckpointInfo(
        int formatVersion,
        long step,
        long epoch,
        long seed,
        String fingerprint,
        String weightsSha256,
        Map<String, String> files,
        Map<String, String> settings) {

    /** Raised whenever a checkpoint's files change their meaning. */
    static final int FORMAT_VERSION = 1;

    /** Far more than settings take. */
    private static final int MAX_FILE_BYTES = 1 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public CheckpointInfo {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    byte[] encode() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts always make JSON", e);
        }
    }

    static CheckpointInfo read(Path file) {
        byte[] content = DiskFile.read(file, MAX_FILE_BYTES);
        try {
            JsonNode tree = JSON.readTree(new String(content, StandardCharsets.UTF_8));
            JsonNode version = tree.path("formatVersion");
            if (!version.isInt() || version.intValue() != FORMAT_VERSION) {
                throw CheckpointException.of(
                        file,
                        "expected formatVersion " + FORMAT_VERSION + ", found "
                                + (version.isMissingNode() ? "none" : version));
            }
            return JSON.treeToValue(tree, CheckpointInfo.class);
        } catch (JsonProcessingException e) {
            throw CheckpointException.of(file, "expected a checkpoint's state in JSON: " + e.getOriginalMessage());
        }
    }
}
