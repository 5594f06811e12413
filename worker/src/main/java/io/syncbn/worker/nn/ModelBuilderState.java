package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.WeightOrder;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a model has registered while it is being defined; common to all scopes of a {@link Net}. */
final class ModelBuilderState {
    final int classes;
    final Norms norms;
    final double dropout;

    final List<Entry> parameters = new ArrayList<>();
    final List<Initializer> initializers = new ArrayList<>();
    final List<Entry> statistics = new ArrayList<>();

    private final Set<String> layerNames = new HashSet<>();
    private int parameterCount;
    private int statisticCount;
    private final List<String> normalizationLayers = new ArrayList<>();
    private final List<Integer> normalizedPixels = new ArrayList<>();
    private int dropoutLayers;
    private final List<String> layers = new ArrayList<>();

    ModelBuilderState(int classes, Norms norms, double dropout) {
        this.classes = classes;
        this.norms = norms;
        this.dropout = dropout;
    }

    void claimName(String layer) {
        if (!layerNames.add(layer)) {
            throw new ModelException("two layers are named " + layer + "; each needs a name of its own");
        }
    }

    /** Registers a parameter and returns its offset. */
    int parameter(String name, List<Integer> dimensions, Role role, Initializer initializer) {
        return parameter(new Entry(name, dimensions, parameterCount, role), initializer);
    }

    /** Registers the weights of a convolution or a dense layer. */
    Entry weights(String name, List<Integer> dimensions, Initializer initializer) {
        int taps = dimensions.stream().skip(2).reduce(1, Math::multiplyExact);
        WeightOrder order = new WeightOrder(dimensions.get(0), dimensions.get(1), taps);
        Entry entry = new Entry(name, dimensions, parameterCount, Role.WEIGHT, Optional.of(order));
        parameter(entry, initializer);
        return entry;
    }

    private int parameter(Entry entry, Initializer initializer) {
        parameters.add(entry);
        initializers.add(initializer);
        parameterCount = Math.addExact(parameterCount, entry.size());
        return entry.offset();
    }

    /** Registers a running statistic and returns its offset. */
    int statistic(String name, int channels, Role role) {
        Entry entry = new Entry(name, List.of(channels), statisticCount, role);
        statistics.add(entry);
        statisticCount += channels;
        return entry.offset();
    }

    int parameterCount() {
        return parameterCount;
    }

    /** Registers a normalization layer and returns its number. */
    int normalizationLayer(String name, Shape shape) {
        normalizationLayers.add(name);
        normalizedPixels.add(shape.pixels());
        return normalizationLayers.size() - 1;
    }

    int nextDropoutLayer() {
        return dropoutLayers++;
    }

    /** Records a layer: its kind, and everything that determines what it computes, except weights. */
    void describe(String layer) {
        layers.add(layer);
    }

    /** Kind and name of the layer that was recorded last. */
    String lastLayer() {
        return layers.get(layers.size() - 1).split(":", 2)[0];
    }

    List<String> layers() {
        return layers;
    }

    List<Integer> normalizedPixels() {
        return normalizedPixels;
    }

    List<String> normalizationLayers() {
        return normalizationLayers;
    }
}
