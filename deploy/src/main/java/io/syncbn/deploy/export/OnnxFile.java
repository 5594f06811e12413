package io.syncbn.deploy.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.syncbn.deploy.export.schema.Onnx.GraphProto;
import io.syncbn.deploy.export.schema.Onnx.ModelProto;
import io.syncbn.deploy.export.schema.Onnx.OperatorSetIdProto;
import io.syncbn.deploy.export.schema.Onnx.StringStringEntryProto;
import io.syncbn.deploy.export.schema.Onnx.TensorProto;
import io.syncbn.deploy.export.schema.Onnx.TensorShapeProto;
import io.syncbn.deploy.export.schema.Onnx.TypeProto;
import io.syncbn.deploy.export.schema.Onnx.ValueInfoProto;
import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointInfo;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.train.Replicas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A checkpoint's model as an ONNX file that can be used without anything else: it takes {@code input}, float32, N×C×H×W
 * or N×features, and gives {@code logits}, N×classes. Metadata say what else there is to know.
 */
public final class OnnxFile {
    /**
     * The operator set: that of ONNX 1.10 (2021), the first with today's definition of BatchNormalization. Nothing
     * younger is used, and all that is younger reads it.
     */
    static final long OPERATOR_SET = 15;

    /** The file format of the same release. */
    static final long IR_VERSION = 8;

    /** Of one protobuf message. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - (1L << 20);

    private static final String INPUT = "input";
    private static final String LOGITS = "logits";
    private static final String EXAMPLES = "N";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER) // the same text on every Java
            .build();

    private OnnxFile() {}

    /** What the model is given. */
    public enum Input {
        /** Numbers as the data set's files hold them, pixels from 0 to 255; normalized inside. */
        STORED,
        /** Numbers that are normalized already, as batches of training are. */
        NORMALIZED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The file's content.
     *
     * @param version of syncbn
     * @param foldsBatchNorm whether batch normalizations become part of the convolutions before them
     * @throws RuntimeException with a message for the user, if the checkpoint keeps too little or a layer cannot be
     *     exported
     */
    public static byte[] of(Checkpoint checkpoint, String version, Input input, boolean foldsBatchNorm) {
        Replicas replicas = Replicas.ofCheckpoint(checkpoint);
        OnnxGraph graph = OnnxGraph.empty();
        OnnxGraph.Result given = graph.input(INPUT, replicas.definition().inputShape());
        DataDescription data = checkpoint.info().data();
        OnnxGraph.Result x = input == Input.STORED ? graph.normalizeStored(given, data) : given;
        OnnxGraph.Result logits;
        try (ShardModel model =
                replicas.definition().newShardModel(replicas.initialState().replica(), 1, Kernels.PORTABLE)) {
            logits = graph.at("output").output(LOGITS, model.infer(graph, x));
        }
        if (graph.constants().bytes() > MOST_BYTES) {
            throw new ModelException("the model's weights take "
                    + graph.constants().bytes() + " bytes; an ONNX file holds at most " + MOST_BYTES);
        }
        List<OnnxNode> nodes = foldsBatchNorm ? BatchNormFolding.nodesOf(graph) : graph.nodes();
        GraphProto.Builder proto = GraphProto.newBuilder()
                .setName(checkpoint.info().settings().getOrDefault("model", "model"))
                .addInput(value(given))
                .addOutput(value(logits));
        nodes.forEach(node -> proto.addNode(node.proto()));
        graph.constants().protos().forEach(proto::addInitializer);
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("syncbn")
                .setProducerVersion(version)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
                .setGraph(proto);
        metadata(checkpoint.info(), input)
                .forEach((key, text) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(text)));
        return model.build().toByteArray();
    }

    private static ValueInfoProto value(OnnxGraph.Result value) {
        Shape shape = value.shape();
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        dimensions.addDimBuilder().setDimParam(EXAMPLES);
        dimensions.addDimBuilder().setDimValue(shape.channels());
        if (!value.isFlat()) {
            dimensions.addDimBuilder().setDimValue(shape.height());
            dimensions.addDimBuilder().setDimValue(shape.width());
        }
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(dimensions);
        return ValueInfoProto.newBuilder()
                .setName(value.name())
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** All in JSON but plain words. */
    private static Map<String, String> metadata(CheckpointInfo info, Input input) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("class_names", json(info.data().classNames()));
        metadata.put("input", input.toString());
        metadata.put("stored_scale", json(info.data().storedScale()));
        metadata.put("mean", json(info.data().mean()));
        metadata.put("deviation", json(info.data().deviation()));
        metadata.put("step", Long.toString(info.step()));
        metadata.put("fingerprint", info.fingerprint());
        metadata.put("weights_sha256", info.weightsSha256());
        return metadata;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts always make JSON", e);
        }
    }
}
