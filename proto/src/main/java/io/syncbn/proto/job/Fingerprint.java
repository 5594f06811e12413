package io.syncbn.proto.job;

import io.syncbn.proto.Sha256;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A job's hash. Workers with different ones are never summed together. */
public final class Fingerprint {
    /**
     * Raised whenever the same settings come to mean other bits in a way that the arithmetic's digest does not tell: another
     * tree, another formula. It was the protocol's version once, and has its name.
     */
    private static final String MEANING = "protocol=6\n";

    /** Paths, which differ from machine to machine; the contents are compared by digest when a worker joins. */
    private static final Set<String> PLACES = Set.of("init");

    /** Settings added later, with the values that keep a job's fingerprint as it was before they existed. */
    private static final Map<String, String> ADDED = Map.ofEntries(
            Map.entry("norm", "batch"),
            Map.entry("norm-freeze-at", "0"),
            Map.entry("precise-bn", "0"),
            Map.entry("ema-decay", "0.0"),
            Map.entry("weight-standardization", "false"),
            Map.entry("lr-base-batch", "256"),
            Map.entry("clip-agc", "0.0"),
            Map.entry("kernels", "onednn"));

    /** The first names of settings that were renamed, and the first texts of values. Fingerprints have these. */
    private static final Map<String, String> FIRST_NAMES = Map.of("optimizer-epsilon", "epsilon");

    private static final Map<String, Map<String, String>> FIRST_VALUES =
            Map.of("scale-lr", Map.of("none", "false", "linear", "true"));

    private Fingerprint() {}

    /** A job's settings as it recorded them, with those that did not exist then. */
    public static Map<String, String> withAdded(Map<String, String> recorded) {
        Map<String, String> all = new TreeMap<>(ADDED);
        all.putAll(recorded);
        return all;
    }

    /** SHA-256, in hex, of what settings mean and a {@code name=value} line a setting, in the order of names. */
    public static String of(Job job) {
        Map<String, String> lines = new TreeMap<>();
        job.settings().forEach((name, value) -> {
            if (!PLACES.contains(name) && !value.equals(ADDED.get(name))) {
                String first = FIRST_VALUES.getOrDefault(name, Map.of()).getOrDefault(value, value);
                lines.put(FIRST_NAMES.getOrDefault(name, name), first);
            }
        });
        lines.put("data", job.data().source().format());
        StringBuilder canonical = new StringBuilder(MEANING);
        lines.forEach((name, value) ->
                canonical.append(name).append('=').append(value).append('\n'));
        return Sha256.hex(canonical.toString());
    }
}
