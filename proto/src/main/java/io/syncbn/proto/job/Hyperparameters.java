package io.syncbn.proto.job;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An optimizer's name as given in the job, and the settings that only it has. Workers check that such an optimizer
 * exists.
 *
 * @param optimizer its name
 * @param values by the names of settings, checked, in their canonical form
 */
public record Hyperparameters(String optimizer, Map<String, String> values) {

    public Hyperparameters {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    public double number(String name) {
        return Double.parseDouble(text(name));
    }

    public boolean flag(String name) {
        return text(name).equals("true");
    }

    private String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is no setting of --optimizer " + optimizer
                    + ", which has " + values.keySet() + "; JobSettings says which are whose");
        }
        return value;
    }
}
