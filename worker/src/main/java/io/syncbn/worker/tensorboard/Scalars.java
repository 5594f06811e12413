package io.syncbn.worker.tensorboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.syncbn.proto.tensorboard.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What lines of metrics.jsonl say, under tags; what stands before a tag's slash is the group in which it is shown. */
public final class Scalars {
    static final String TRAIN_LOSS = "train/loss";
    static final String TEST_LOSS = "test/loss";
    static final String TEST_ACCURACY = "test/accuracy";
    private static final double MILLIS = 1000;

    private static final Map<String, String> TAGS = new LinkedHashMap<>();

    static {
        TAGS.put("loss", TRAIN_LOSS);
        TAGS.put("accuracy", "train/accuracy");
        TAGS.put("learningRate", "train/learning_rate");
        TAGS.put("epoch", "train/epoch");
        TAGS.put("gradientSquare", "train/gradient_square");
        TAGS.put("gradientVariance", "train/gradient_variance");
        TAGS.put("testLoss", TEST_LOSS);
        TAGS.put("testAccuracy", TEST_ACCURACY);
        for (String way : List.of("precise", "batch", "ema")) {
            TAGS.put(way + "TestLoss", "test/" + way + "_loss");
            TAGS.put(way + "TestAccuracy", "test/" + way + "_accuracy");
        }
        for (String part : List.of("step", "load", "compute", "moments", "gradients", "commit", "update", "sync")) {
            TAGS.put(part + "Millis", "time/" + part + "_ms");
        }
    }

    private Scalars() {}

    static boolean isEvaluation(JsonNode line) {
        return line.has("testAccuracy");
    }

    /**
     * Values by tag. NaN where the line has null, which stands for a number that is not finite; float64, of which
     * TensorBoard keeps float32.
     */
    public static Map<String, Double> of(JsonNode line) {
        Map<String, Double> values = new LinkedHashMap<>();
        TAGS.forEach((field, tag) -> {
            boolean isTrainingsEpoch = field.equals("epoch") && isEvaluation(line);
            if (line.has(field) && !isTrainingsEpoch) {
                values.put(tag, line.get(field).asDouble(Double.NaN));
            }
        });
        double stepMillis = line.path("stepMillis").asDouble();
        if (stepMillis > 0) {
            values.put("images_per_second", line.path("examples").asDouble() / (stepMillis / MILLIS));
        }
        return values;
    }

    static Summary summary(JsonNode line) {
        List<Summary.Value> values = new ArrayList<>();
        of(line).forEach((tag, value) -> values.add(Summary.Value.newBuilder()
                .setTag(tag)
                .setSimpleValue(value.floatValue())
                .build()));
        return Summary.newBuilder().addAllValue(values).build();
    }
}
