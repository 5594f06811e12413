package io.syncbn.worker.tensorboard;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tags of a normalization layer's histograms, {@code layer1.0.bn1/gamma}: TensorBoard shows a group for each layer. */
public final class LayerTags {
    /** Where the last word is not what people call it. */
    private static final Map<String, String> ENDINGS =
            Map.of("weight", "gamma", "bias", "beta", "running_var", "running_variance");

    private LayerTags() {}

    /**
     * The tag of a normalization's parameter or statistic.
     *
     * @param name as in state_dict, such as {@code layer1.0.bn1.running_mean}
     */
    public static String of(String name) {
        int dot = name.lastIndexOf('.');
        String last = name.substring(dot + 1);
        return name.substring(0, Math.max(dot, 0)) + "/" + ENDINGS.getOrDefault(last, last);
    }

    /** As {@link #of}, with the gradient by the parameter. */
    public static String ofGradient(String name) {
        return of(name) + "_gradient";
    }

    /**
     * The tag of a tensor in a checkpoint; empty for those of other layers. Only normalizations have scales of one
     * dimension, among the layers that are built in.
     */
    public static Optional<String> ofStored(String name, List<Integer> dimensions) {
        boolean isScale = name.endsWith(".weight") && dimensions.size() == 1;
        boolean isStatistic = name.endsWith(".running_mean") || name.endsWith(".running_var");
        return isScale || isStatistic ? Optional.of(of(name)) : Optional.empty();
    }
}
