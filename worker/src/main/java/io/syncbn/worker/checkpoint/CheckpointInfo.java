package io.syncbn.worker.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.nn.Description;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code state.json} says about a checkpoint. The file's last field, {@code sha256}, is the digest of all others,
 * so that a change in any of them is detected.
 *
 * @param formatVersion of the checkpoint, see {@link #FORMAT_VERSION}
 * @param step number of steps done
 * @param epoch number of passes over the data that are done
 * @param seed the job's
 * @param fingerprint the job's
 * @param weightsSha256 {@link StateDigest} of the state
 * @param files SHA-256 of each of the other files, by name
 * @param settings the job's, by name
 * @param leftOutInARow how many consecutive steps up to the last were skipped because their numbers were not finite
 * @param dataDigest SHA-256 of the data
 * @param model the layers
 * @param arithmetic SHA-256 of what a probe computes
 * @param computedWith what computed it, for people
 * @param data what inputs and outputs mean; {@link DataDescription#NONE} before format 4
 */
public record CheckpointInfo(
        int formatVersion,
        long step,
        long epoch,
        long seed,
        String fingerprint,
        String weightsSha256,
        Map<String, String> files,
        Map<String, String> settings,
        int leftOutInARow,
        String dataDigest,
        Description model,
        String arithmetic,
        Map<String, String> computedWith,
        DataDescription data) {

    /** Raised whenever a checkpoint's files change their meaning. */
    static final int FORMAT_VERSION = 4;

    /** The oldest that is read. */
    private static final int OLDEST_VERSION = 3;

    private static final String DATA = "data";

    /** The first with {@link #DATA}. */
    private static final int VERSION_WITH_DATA = 4;

    /** Far more than settings and the names of a million classes take. */
    private static final int MAX_FILE_BYTES = 1 << 26;

    private static final String DIGEST = "sha256";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // The digest is of texts, and Java's own text of a double is not the same before 19 and after.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
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
        computedWith = Collections.unmodifiableMap(new TreeMap<>(computedWith));
    }

    /**
     * Whether both are of the same state of the same run, and this one has all files of the other; ignores {@link
     * #computedWith}. It may have more: precise statistics, which a state that was read does not carry.
     */
    boolean holds(CheckpointInfo other) {
        return step == other.step
                && epoch == other.epoch
                && fingerprint.equals(other.fingerprint)
                && weightsSha256.equals(other.weightsSha256)
                && files.entrySet().containsAll(other.files.entrySet())
                && leftOutInARow == other.leftOutInARow
                && dataDigest.equals(other.dataDigest)
                && model.equals(other.model)
                && arithmetic.equals(other.arithmetic)
                && data.equals(other.data);
    }

    byte[] encode() {
        try {
            ObjectNode tree = tree();
            return JSON.writeValueAsBytes(tree.put(DIGEST, digest()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts always make JSON", e);
        }
    }

    /** All fields that its format has, in the order of this record. */
    private ObjectNode tree() {
        ObjectNode tree = JSON.valueToTree(this);
        if (formatVersion < VERSION_WITH_DATA) {
            tree.remove(DATA);
        }
        return tree;
    }

    /** SHA-256 of all fields in JSON without white space. */
    private String digest() throws JsonProcessingException {
        return StateDigest.sha256(
                JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(tree()));
    }

    /** @throws CheckpointException if the file is not what {@link #encode} gave */
    static CheckpointInfo read(Path file) {
        byte[] content = DiskFile.read(file, MAX_FILE_BYTES);
        try {
            JsonNode tree = JSON.readTree(new String(content, StandardCharsets.UTF_8));
            JsonNode version = tree.path("formatVersion");
            if (!version.isInt() || version.intValue() < OLDEST_VERSION || version.intValue() > FORMAT_VERSION) {
                throw CheckpointException.of(
                        file,
                        "expected formatVersion " + OLDEST_VERSION + " or " + FORMAT_VERSION + ", found "
                                + (version.isMissingNode() ? "none" : version));
            }
            if (version.intValue() < VERSION_WITH_DATA) {
                ((ObjectNode) tree).set(DATA, JSON.valueToTree(DataDescription.NONE));
            }
            JsonNode expected = ((ObjectNode) tree).remove(DIGEST);
            CheckpointInfo info = JSON.treeToValue(tree, CheckpointInfo.class);
            if (expected == null || !expected.asText().equals(info.digest())) {
                throw CheckpointException.of(
                        file,
                        "expected " + DIGEST + " " + info.digest() + ", found " + expected
                                + "; it is not what was written");
            }
            return info;
        } catch (JsonProcessingException e) {
            throw CheckpointException.of(file, "expected a checkpoint's state in JSON: " + e.getOriginalMessage());
        }
    }
}
