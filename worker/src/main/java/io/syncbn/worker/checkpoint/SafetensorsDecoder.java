package io.syncbn.worker.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Decodes one safetensors file, and trusts nothing in it before checking it. */
record SafetensorsDecoder(Object file, byte[] content) {
    /** The format's limit; a header that claims more is garbage. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final Set<String> TENSOR_KEYS = Set.of("dtype", "shape", "data_offsets");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** A tensor and where its bytes are: {@code begin} up to {@code end}, counted from the end of the header. */
    private record Placed(TensorSpec spec, long begin, long end) {}

    Safetensors decode() {
        int headerBytes = headerBytes();
        JsonNode header = header(headerBytes);
        int dataBegin = Long.BYTES + headerBytes;
        Map<String, String> metadata = new TreeMap<>();
        List<Placed> placed = new ArrayList<>();
        header.properties().forEach(field -> {
            if (field.getKey().equals(Safetensors.METADATA)) {
                metadata.putAll(metadata(field.getValue()));
            } else {
                placed.add(placed(field.getKey(), field.getValue()));
            }
        });
        requireNoGaps(placed, content.length - dataBegin);
        Map<String, StoredTensor> tensors = new TreeMap<>();
        for (Placed tensor : placed) {
            int begin = Math.toIntExact(dataBegin + tensor.begin());
            int length = Math.toIntExact(tensor.end() - tensor.begin());
            ByteBuffer bytes = ByteBuffer.wrap(content, begin, length).slice().asReadOnlyBuffer();
            tensors.put(tensor.spec().name(), new StoredTensor(tensor.spec(), bytes));
        }
        return new Safetensors(tensors, metadata);
    }

    private int headerBytes() {
        if (content.length < Long.BYTES) {
            throw fault("expected a safetensors file, which has 8 bytes at least, found " + content.length);
        }
        if (content[0] == 'P' && content[1] == 'K') {
            throw fault("expected a safetensors file, found a zip file, such as torch.save writes; "
                    + "write it with safetensors.torch.save_file(model.state_dict(), FILE)");
        }
        long headerBytes =
                ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
            throw fault("expected a safetensors file, whose header has 2 to " + MAX_HEADER_BYTES
                    + " bytes, found a length of " + Long.toUnsignedString(headerBytes));
        }
        if (headerBytes > content.length - Long.BYTES) {
            throw fault("expected a header of " + headerBytes + " bytes, found the file's end after "
                    + (content.length - Long.BYTES) + "; it was cut off");
        }
        return (int) headerBytes;
    }

    private JsonNode header(int headerBytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content, Long.BYTES, headerBytes))
                    .toString();
            JsonNode header = JSON.readTree(text);
            if (text.charAt(0) != '{' || !header.isObject()) {
                throw fault("expected a JSON object as header");
            }
            return header;
        } catch (CharacterCodingException e) {
            throw fault("expected a header in UTF-8, found other bytes");
        } catch (JsonProcessingException e) {
            throw fault("expected a header in JSON: " + e.getOriginalMessage());
        }
    }

    private Map<String, String> metadata(JsonNode node) {
        if (!node.isObject()) {
            throw fault(Safetensors.METADATA + ": expected a JSON object, found " + node);
        }
        Map<String, String> metadata = new TreeMap<>();
        node.properties().forEach(field -> {
            if (!field.getValue().isTextual()) {
                throw fault(
                        Safetensors.METADATA + ", " + field.getKey() + ": expected text, found " + field.getValue());
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        });
        return metadata;
    }

    private Placed placed(String name, JsonNode node) {
        Set<String> keys = new HashSet<>();
        node.fieldNames().forEachRemaining(keys::add);
        if (!keys.equals(TENSOR_KEYS)) {
            throw fault("tensor " + name + ": expected dtype, shape and data_offsets, found " + node);
        }
        JsonNode dtype = node.get("dtype");
        ElementType type = ElementType.named(dtype.asText())
                .orElseThrow(() -> fault("tensor " + name + ": expected a dtype of " + List.of(ElementType.values())
                        + ", found " + dtype));
        List<Integer> dimensions = wholeNumbers(name, "shape", node.get("shape"), Integer.MAX_VALUE).stream()
                .map(Math::toIntExact)
                .toList();
        List<Long> offsets = wholeNumbers(name, "data_offsets", node.get("data_offsets"), Long.MAX_VALUE);
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw fault("tensor " + name + ": expected data_offsets [begin, end], found " + offsets);
        }
        TensorSpec spec = new TensorSpec(name, type, dimensions);
        requireSize(spec, offsets.get(1) - offsets.get(0));
        return new Placed(spec, offsets.get(0), offsets.get(1));
    }

    private List<Long> wholeNumbers(String name, String key, JsonNode node, long most) {
        List<Long> numbers = new ArrayList<>();
        for (JsonNode number : node) {
            if (!number.isIntegralNumber()
                    || !number.canConvertToLong()
                    || number.longValue() < 0
                    || number.longValue() > most) {
                throw fault("tensor " + name + ": expected whole numbers from 0 to " + most + " as " + key + ", found "
                        + node);
            }
            numbers.add(number.longValue());
        }
        if (!node.isArray()) {
            throw fault("tensor " + name + ": expected an array as " + key + ", found " + node);
        }
        return numbers;
    }

    private void requireSize(TensorSpec spec, long found) {
        try {
            if (spec.bytes() == found) {
                return;
            }
        } catch (ArithmeticException e) {
            throw fault("tensor " + spec.name() + ": " + spec.form() + " is larger than any file");
        }
        throw fault("tensor " + spec.name() + ": expected " + spec.bytes() + " bytes for " + spec.form()
                + ", found data_offsets over " + found);
    }

    private void requireNoGaps(List<Placed> placed, long dataBytes) {
        placed.sort(Comparator.comparingLong(Placed::begin).thenComparingLong(Placed::end));
        long end = 0;
        for (Placed tensor : placed) {
            if (tensor.begin() != end) {
                throw fault("tensor " + tensor.spec().name() + ": expected its data to begin at " + end
                        + ", where the data before it ends, found " + tensor.begin());
            }
            end = tensor.end();
        }
        if (end != dataBytes) {
            throw fault("expected " + end + " bytes of data after the header, found " + dataBytes
                    + (dataBytes < end ? "; the file was cut off" : ""));
        }
    }

    private CheckpointException fault(String fault) {
        return CheckpointException.of(file, fault);
    }
}
