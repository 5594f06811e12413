package io.syncbn.proto.job;

/**
 * One named value that a user can set: {@code --name value} on the command line, {@code name: value} in a YAML file.
 *
 * @param name in kebab case, without dashes in front
 * @param value what stands for the value in help, such as {@code N}; {@code true} for a switch
 * @param defaultValue as text; empty for "not given"
 * @param help one sentence
 */
public record Setting(String name, String value, String defaultValue, String help) {

    /** Whether the flag may stand alone, meaning true. */
    public boolean isSwitch() {
        return value.equals("true");
    }
}
