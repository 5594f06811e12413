package io.syncbn.worker.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The safetensors format (github.com/huggingface/safetensors): named tensors in one file, without code to run.
 *
 * <pre>
 *   8 bytes     n, the header's length, little-endian, at most 100 MB
 *   n bytes     header: a JSON object, filled up with spaces to a multiple of 8
 *                 NAME: {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}    for each tensor
 *                 "__metadata__": {TEXT: TEXT}                                             optional
 *   the rest    elements, little-endian; the offsets count from here, and leave no gap
 * </pre>
 *
 * <p>Everything about the layout is checked, the elements are not: the format has no checksum.
 *
 * @param tensors by name, in the order of names
 */
public record Safetensors(Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    /** What fits into one array: 500 million float32 weights. */
    static final int MAX_FILE_BYTES = Integer.MAX_VALUE - 8;

    private static final int ALIGNMENT = 8;

    public Safetensors {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    /**
     * The bytes of a file. Wide elements come first, so that all are aligned, then names decide: the same order, and so
     * the same bytes, as the format's reference implementation.
     *
     * @throws CheckpointException if the tensors are too large for one array of bytes
     */
    public static byte[] encode(Collection<StoredTensor> tensors, Map<String, String> metadata) {
        List<StoredTensor> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparing((StoredTensor tensor) -> tensor.spec().type())
                .reversed()
                .thenComparing(StoredTensor::name));
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        if (!metadata.isEmpty()) {
            ObjectNode entry = header.putObject(METADATA);
            new TreeMap<>(metadata).forEach(entry::put);
        }
        long end = 0;
        for (StoredTensor tensor : ordered) {
            TensorSpec spec = tensor.spec();
            if (spec.name().equals(METADATA) || header.has(spec.name())) {
                throw new IllegalArgumentException("two tensors, or none, may be called " + spec.name());
            }
            ObjectNode entry =
                    header.putObject(spec.name()).put("dtype", spec.type().name());
            ArrayNode shape = entry.putArray("shape");
            spec.dimensions().forEach(shape::add);
            entry.putArray("data_offsets").add(end).add(end + spec.bytes());
            end += spec.bytes();
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int headerBytes = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long fileBytes = Long.BYTES + headerBytes + end;
        if (fileBytes > MAX_FILE_BYTES) {
            throw new CheckpointException("a safetensors file would have " + fileBytes + " bytes; at most "
                    + MAX_FILE_BYTES + " are supported");
        }
        ByteBuffer file = ByteBuffer.allocate((int) fileBytes);
        file.order(ByteOrder.LITTLE_ENDIAN).putLong(headerBytes).put(json);
        while (file.position() < Long.BYTES + headerBytes) {
            file.put((byte) ' ');
        }
        ordered.forEach(tensor -> file.put(tensor.bytes()));
        return file.array();
    }

    /**
     * Reads a file's bytes; the tensors are views of them.
     *
     * @param file what messages call it
     * @throws CheckpointException if anything about the layout is wrong
     */
    public static Safetensors decode(Object file, byte[] content) {
        return new SafetensorsDecoder(file, content).decode();
    }
}
