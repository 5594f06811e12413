package io.syncbn.worker.nn;

import io.syncbn.proto.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * What a model computes, apart from its weights: models with equal descriptions give equal results on equal weights.
 * Versions of a class may have the same name and parameters, but one ReLU less or strides in another order.
 *
 * @param input shape of an example
 * @param layers a line each, in the order of their definition
 */
public record Description(String input, List<String> layers) {

    public Description {
        layers = List.copyOf(layers);
    }

    /** SHA-256 in hex. */
    public String digest() {
        return Sha256.hex(input + "\n" + String.join("\n", layers));
    }

    /** The first layer that differs, if any; inputs may differ. */
    public Optional<String> difference(Description there) {
        for (int i = 0; i < Math.max(layers.size(), there.layers.size()); i++) {
            String here = i < layers.size() ? layers.get(i) : "nothing";
            String other = i < there.layers.size() ? there.layers.get(i) : "nothing";
            if (!here.equals(other)) {
                return Optional.of(
                        "line " + (i + 1) + " of its layers is \"" + other + "\" there, \"" + here + "\" here");
            }
        }
        return Optional.empty();
    }
}
