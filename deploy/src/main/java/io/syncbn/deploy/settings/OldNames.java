package io.syncbn.deploy.settings;

import io.syncbn.proto.job.Setting;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Names and values of settings that older scripts and job files hold. They still work, and no help shows them. */
public final class OldNames {
    private static final Map<String, String> NAMES =
            Map.of("log", "journal", "reconnect", "reconnect-timeout", "epsilon", "optimizer-epsilon");
    private static final Map<String, Map<String, String>> VALUES =
            Map.of("straggler", Map.of("rerun", "backup"), "scale-lr", Map.of("true", "linear", "false", "none"));
    private static final Set<String> SWITCHES = Set.of("scale-lr");

    private OldNames() {}

    public static List<String> of(Setting setting) {
        return NAMES.keySet().stream()
                .filter(old -> NAMES.get(old).equals(setting.name()))
                .toList();
    }

    /** Whether it was a switch, whose flag may still stand alone. */
    public static boolean wasSwitch(Setting setting) {
        return SWITCHES.contains(setting.name());
    }

    static List<String> all() {
        return List.copyOf(NAMES.keySet());
    }

    /**
     * The same settings under today's names and with today's values.
     *
     * @param given texts by name
     * @param problems gets a line for a setting that is given under both of its names
     */
    static Map<String, String> replaced(Map<String, String> given, List<String> problems) {
        Map<String, String> replaced = new TreeMap<>();
        given.forEach((name, value) -> {
            String current = NAMES.getOrDefault(name, name);
            if (!current.equals(name) && given.containsKey(current)) {
                problems.add("--" + current + " and --" + name + ", its old name, are both given");
            }
            replaced.put(current, VALUES.getOrDefault(current, Map.of()).getOrDefault(value, value));
        });
        return replaced;
    }
}
