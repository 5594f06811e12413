package io.syncbn.deploy.export;

import io.syncbn.deploy.export.schema.Onnx.AttributeProto;
import io.syncbn.deploy.export.schema.Onnx.NodeProto;
import java.util.List;
import java.util.Map;

/**
 * One operation of a graph.
 *
 * @param type of the operator, such as {@code Conv}
 * @param inputs names of values and constants
 * @param output the value's name, which is the node's too
 * @param attributes whole numbers, several of them, or a fraction, by name
 */
record OnnxNode(String type, List<String> inputs, String output, Map<String, Object> attributes) {

    OnnxNode {
        inputs = List.copyOf(inputs);
        attributes = Map.copyOf(attributes);
    }

    NodeProto proto() {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setName(output)
                .setOpType(type)
                .addAllInput(inputs)
                .addOutput(output);
        attributes.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(attribute -> proto(attribute.getKey(), attribute.getValue()))
                .forEach(node::addAttribute);
        return node.build();
    }

    private static AttributeProto proto(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        if (value instanceof Long number) {
            return attribute
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(number)
                    .build();
        }
        if (value instanceof Float number) {
            return attribute
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF(number)
                    .build();
        }
        for (Object each : (List<?>) value) {
            attribute.addInts((Long) each);
        }
        return attribute.setType(AttributeProto.AttributeType.INTS).build();
    }
}
