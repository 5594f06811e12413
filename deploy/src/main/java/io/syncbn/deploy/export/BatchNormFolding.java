package io.syncbn.deploy.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Folds batch normalizations into the convolutions and dense layers before them, where nothing else takes their output:
 *
 * <pre>
 *   w' = w·s,   b' = (b − μ)·s + β,   s = γ/√(σ² + ε)
 * </pre>
 *
 * <p>in float64, rounded once.
 */
final class BatchNormFolding {
    private static final Set<String> LINEAR = Set.of("Conv", "Gemm");

    private final OnnxConstants constants;
    private final Map<String, Integer> uses = new HashMap<>();
    /** By the name of their output, as far as they have been met. */
    private final Map<String, Integer> places = new HashMap<>();

    private final List<OnnxNode> folded = new ArrayList<>();

    private BatchNormFolding(OnnxGraph graph) {
        this.constants = graph.constants();
        graph.nodes().forEach(node -> node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum)));
    }

    /** The graph's nodes after folding; its constants are changed. */
    static List<OnnxNode> nodesOf(OnnxGraph graph) {
        BatchNormFolding folding = new BatchNormFolding(graph);
        graph.nodes().forEach(folding::take);
        return folding.folded;
    }

    private void take(OnnxNode node) {
        Integer before = places.get(node.inputs().get(0));
        boolean folds = node.type().equals("BatchNormalization")
                && before != null
                && LINEAR.contains(folded.get(before).type())
                && uses.get(node.inputs().get(0)) == 1;
        if (folds) {
            folded.set(before, fold(folded.get(before), node));
            places.put(node.output(), before);
        } else {
            places.put(node.output(), folded.size());
            folded.add(node);
        }
    }

    /** @return the linear node, under its own constants' names and the normalization's output */
    private OnnxNode fold(OnnxNode linear, OnnxNode norm) {
        double epsilon = (Float) norm.attributes().get("epsilon");
        float[] gamma = take(norm, 1);
        float[] beta = take(norm, 2);
        float[] mean = take(norm, 3);
        float[] variance = take(norm, 4);
        String weightName = linear.inputs().get(1);
        OnnxConstants.Floats weight = constants.floats(weightName);
        boolean hasBias = linear.inputs().size() > 2;
        // A convolution's bias has the normalization's name where it had none.
        String biasName = hasBias ? linear.inputs().get(2) : norm.inputs().get(2);
        float[] weights = weight.values().clone();
        float[] biases = hasBias ? constants.floats(biasName).values().clone() : new float[gamma.length];
        int length = weights.length / gamma.length;
        for (int c = 0; c < gamma.length; c++) {
            double scale = gamma[c] / Math.sqrt(variance[c] + epsilon);
            for (int i = c * length; i < (c + 1) * length; i++) {
                weights[i] = (float) (weights[i] * scale);
            }
            biases[c] = (float) ((biases[c] - mean[c]) * scale + beta[c]);
        }
        constants.put(weightName, new OnnxConstants.Floats(weight.dimensions(), weights));
        constants.put(biasName, new OnnxConstants.Floats(List.of((long) biases.length), biases));
        return new OnnxNode(
                linear.type(),
                List.of(linear.inputs().get(0), weightName, biasName),
                norm.output(),
                linear.attributes());
    }

    private float[] take(OnnxNode norm, int input) {
        String name = norm.inputs().get(input);
        float[] values = constants.floats(name).values();
        constants.remove(name);
        return values;
    }
}
