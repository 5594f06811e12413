package io.syncbn.proto.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One named value that a user can set: {@code --name value} on the command line, {@code name: value} in a YAML file.
 *
 * @param name in kebab case, without dashes in front
 * @param value what stands for the value in help, such as {@code N}; {@code true} for a switch
 * @param defaultValue as text; empty for "not given"
 * @param help one sentence
 * @param hyperparameter the values it takes and the optimizers that have it, if only some do
 */
public record Setting(
        String name, String value, String defaultValue, String help, Optional<Hyperparameter> hyperparameter) {

    /**
     * For a setting that is part of a job only with certain optimizers.
     *
     * @param kind what it takes
     * @param defaults as text, by the names of the optimizers that have it
     */
    record Hyperparameter(ValueKind kind, Map<String, String> defaults) {}

    public Setting(String name, String value, String defaultValue, String help) {
        this(name, value, defaultValue, help, Optional.empty());
    }

    /** The same setting, of some optimizers only, with one default for all. */
    Setting of(ValueKind kind, String... optimizers) {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (String optimizer : optimizers) {
            defaults.put(optimizer, defaultValue);
        }
        return new Setting(name, value, defaultValue, help, Optional.of(new Hyperparameter(kind, defaults)));
    }

    /** The same setting, of one more optimizer, whose default is another one. */
    Setting andOf(String optimizer, String itsDefault) {
        Hyperparameter others = hyperparameter.orElseThrow();
        Map<String, String> defaults = new LinkedHashMap<>(others.defaults());
        defaults.put(optimizer, itsDefault);
        return new Setting(name, value, defaultValue, help, Optional.of(new Hyperparameter(others.kind(), defaults)));
    }

    /** The default in a job with that optimizer. */
    String defaultWith(String optimizer) {
        return hyperparameter
                .map(its -> its.defaults().getOrDefault(optimizer, defaultValue))
                .orElse(defaultValue);
    }

    /** The default for help, with those of optimizers that have another one. */
    public String defaultText() {
        return defaultValue
                + hyperparameter.map(Hyperparameter::defaults).orElse(Map.of()).entrySet().stream()
                        .filter(its -> !its.getValue().equals(defaultValue))
                        .map(its -> "; " + its.getKey() + ": " + its.getValue())
                        .collect(Collectors.joining());
    }

    /** Whether the flag may stand alone, meaning true. */
    public boolean isSwitch() {
        return value.equals("true");
    }
}
