package io.syncbn.deploy.export;

import com.google.protobuf.ByteString;
import io.syncbn.deploy.export.schema.Onnx.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The constants of a graph by name: weights, and shapes that values are brought into. */
final class OnnxConstants {

    /** @param dimensions of the array, whose elements are in row-major order */
    record Floats(List<Long> dimensions, float[] values) {
        TensorProto proto(String name) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(TensorProto.DataType.FLOAT_VALUE)
                    .addAllDims(dimensions)
                    .setRawData(ByteString.copyFrom(bytes))
                    .build();
        }
    }

    private final Map<String, Floats> floats = new LinkedHashMap<>();
    private final Map<String, List<Long>> integers = new LinkedHashMap<>();

    /** Keeps an array, in the place of one of the same name. */
    void put(String name, Floats array) {
        floats.put(name, array);
    }

    void put(String name, List<Long> numbers) {
        integers.put(name, numbers);
    }

    Floats floats(String name) {
        return floats.get(name);
    }

    void remove(String name) {
        floats.remove(name);
    }

    /** Bytes of all arrays. */
    long bytes() {
        return floats.values().stream()
                .mapToLong(array -> (long) array.values().length * Float.BYTES)
                .sum();
    }

    Stream<TensorProto> protos() {
        return Stream.concat(
                floats.entrySet().stream().map(array -> array.getValue().proto(array.getKey())),
                integers.entrySet().stream().map(numbers -> TensorProto.newBuilder()
                        .setName(numbers.getKey())
                        .setDataType(TensorProto.DataType.INT64_VALUE)
                        .addDims(numbers.getValue().size())
                        .addAllInt64Data(numbers.getValue())
                        .build()));
    }
}
