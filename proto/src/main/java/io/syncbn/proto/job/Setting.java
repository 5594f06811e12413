package io.syncbn.proto.job;

import java.util.List;
import java.util.Optional;

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
     * @param optimizers by name
     */
    record Hyperparameter(ValueKind kind, List<String> optimizers) {}

    public Setting(String name, String value, String defaultValue, String help) {
        this(name, value, defaultValue, help, Optional.empty());
    }

    /** The same setting, of some optimizers only. */
    Setting of(ValueKind kind, String... optimizers) {
        return new Setting(name, value, defaultValue, help, Optional.of(new Hyperparameter(kind, List.of(optimizers))));
    }

    /** Whether the flag may stand alone, meaning true. */
    public boolean isSwitch() {
        return value.equals("true");
    }
}
