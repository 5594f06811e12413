package io.syncbn.worker.nn.norm;

import io.syncbn.proto.DidYouMean;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.Norms;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Normalizers by the names that {@code --norm} takes. */
public final class Normalizers {
    private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

    static {
        register("batch", (arguments, settings) -> scope -> BatchNorm.define(scope, settings));
        register("group:G", GroupNorm::inGroups);
    }

    /** Makes a normalizer from the arguments after its name and the job's other settings. */
    private interface Maker {
        /** @throws IllegalArgumentException that says what is wrong with the arguments */
        Normalizer make(String arguments, Normalization settings);
    }

    /** @param usage its name, and {@code :ARGUMENTS} if it has any */
    private record Kind(String usage, Maker maker) {
        boolean hasArguments() {
            return usage.indexOf(':') >= 0;
        }
    }

    private Normalizers() {}

    private static void register(String usage, Maker maker) {
        KINDS.put(usage.split(":", 2)[0], new Kind(usage, maker));
    }

    /**
     * The normalizers of a job.
     *
     * @throws ModelException if there is no normalizer of that name, or its arguments are wrong
     */
    public static Norms of(Normalization job) {
        return new Norms(named(job.kind(), job), named("batch", job));
    }

    /** How to ask for each normalizer: {@code NAME} or {@code NAME:ARGUMENTS}. */
    public static Collection<String> usages() {
        return KINDS.values().stream().map(Kind::usage).toList();
    }

    private static Normalizer named(String text, Normalization job) {
        String name = text.split(":", 2)[0];
        String arguments = text.substring(Math.min(text.length(), name.length() + 1));
        Kind kind = KINDS.get(name);
        if (kind == null) {
            throw new ModelException("there is no normalization \"" + text + "\" (there are: "
                    + String.join(", ", usages()) + ")" + DidYouMean.hint(name, KINDS.keySet()));
        }
        if (kind.hasArguments() == arguments.isEmpty()) {
            throw new ModelException("--norm is '" + text + "'; expected " + kind.usage());
        }
        try {
            return kind.maker().make(arguments, job);
        } catch (IllegalArgumentException e) {
            throw new ModelException("--norm is '" + text + "': " + e.getMessage(), e);
        }
    }
}
