package io.syncbn.proto.job;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.Sha256;
import java.util.Map;
import java.util.Set;

/** A job's hash. Workers with different ones are never summed together. */
public final class Fingerprint {
    /** Paths, which differ from machine to machine; the contents are compared by digest when a worker joins. */
    private static final Set<String> PLACES = Set.of("init");

    /** Settings added later, with the values that keep a job's fingerprint as it was before they existed. */
    private static final Map<String, String> ADDED =
            Map.of("norm", "batch", "norm-freeze-at", "0", "precise-bn", "0", "weight-standardization", "false");

    private Fingerprint() {}

    /** SHA-256, in hex, of the protocol's version and a {@code name=value} line a setting, in the order of names. */
    public static String of(Job job) {
        StringBuilder canonical = new StringBuilder("protocol=" + Protocol.VERSION + "\n");
        for (Map.Entry<String, String> setting : job.settings().entrySet()) {
            if (setting.getKey().equals("data")) {
                canonical.append("data=").append(job.data().source().format()).append('\n');
            } else if (!PLACES.contains(setting.getKey()) && !setting.getValue().equals(ADDED.get(setting.getKey()))) {
                canonical
                        .append(setting.getKey())
                        .append('=')
                        .append(setting.getValue())
                        .append('\n');
            }
        }
        return Sha256.hex(canonical.toString());
    }
}
