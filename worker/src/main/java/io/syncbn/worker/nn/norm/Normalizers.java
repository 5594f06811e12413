package io.syncbn.worker.nn.norm;

import io.syncbn.proto.DidYouMean;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.Norms;
import io.syncbn.worker.nn.Parametrization;
import io.syncbn.worker.nn.weights.Parametrizations;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Normalizers by the names that {@code --norm} takes, with the settings of a job. */
public final class Normalizers implements Norms {
    private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

    static {
        register("batch", MomentNorms::batch);
        register("group:G", MomentNorms::group);
        register("layer", MomentNorms::layer);
        register("instance", MomentNorms::instance);
        register("batch-group:K:G", MomentNorms::batchGroup);
        register("renorm[:RMAX:DMAX]", MomentNorms::renorm);
        register("frozen", MomentNorms::frozen);
        register("rms", RootMeanSquareNorms::rms);
        register("frn", RootMeanSquareNorms::filterResponse);
        register("evonorm-s0[:G]", EvoNorm::normalizer);
        register("none", NoNorm::none);
        register("weight-norm", NoNorm::ofWeights);
        register("fixup", Fixup::normalizer);
    }

    /** Makes a normalizer from the arguments after its name and the job's other settings. */
    private interface Maker {
        /** @throws IllegalArgumentException that says what is wrong with the arguments */
        Normalizer make(List<String> arguments, Normalization settings);
    }

    /** @param usage its name, and {@code :ARGUMENTS} if it has any; in brackets if they may be left out */
    private record Kind(String usage, Maker maker) {
        static String name(String usage) {
            return usage.split("[:\\[]", 2)[0];
        }

        boolean takes(int arguments) {
            int most = usage.split(":", -1).length - 1;
            return arguments == most || arguments == 0 && usage.endsWith("]");
        }
    }

    private final Normalization job;
    private final Normalizer ofJob;

    private Normalizers(Normalization job) {
        this.job = job;
        this.ofJob = named(job.kind());
        if ((ofJob.isOfWeights() || ofJob.isFixup()) && job.standardizedWeights()) {
            throw new ModelException(
                    "--weight-standardization is beside a normalization of activations, not --norm " + job.kind());
        }
    }

    @Override
    public Parametrization weights() {
        return job.standardizedWeights() ? Parametrizations.standardization() : weightsOfDense();
    }

    @Override
    public Parametrization weightsOfDense() {
        return ofJob.isOfWeights() ? Parametrizations.norm() : Parametrizations.plain();
    }

    private static void register(String usage, Maker maker) {
        KINDS.put(Kind.name(usage), new Kind(usage, maker));
    }

    /**
     * The normalizers of a job.
     *
     * @throws ModelException if there is no normalizer of the name that it asks for, or its arguments are wrong
     */
    public static Norms of(Normalization job) {
        return new Normalizers(job);
    }

    /** How to ask for each normalizer. */
    public static Collection<String> usages() {
        return KINDS.values().stream().map(Kind::usage).toList();
    }

    @Override
    public Normalizer ofJob() {
        return ofJob;
    }

    @Override
    public Normalizer named(String text) {
        List<String> parts = List.of(text.split(":", -1));
        Kind kind = KINDS.get(parts.get(0));
        if (kind == null) {
            throw new ModelException("there is no normalization \"" + text + "\" (there are: "
                    + String.join(", ", usages()) + ")" + DidYouMean.hint(parts.get(0), KINDS.keySet()));
        }
        List<String> arguments = parts.subList(1, parts.size());
        if (!kind.takes(arguments.size())) {
            throw new ModelException("--norm is '" + text + "'; expected " + kind.usage());
        }
        try {
            return kind.maker().make(arguments, job);
        } catch (IllegalArgumentException e) {
            throw new ModelException("--norm is '" + text + "': " + e.getMessage(), e);
        }
    }
}
