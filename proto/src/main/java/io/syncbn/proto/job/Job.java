package io.syncbn.proto.job;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A checked job. Two runs of equal jobs on equal data, on one kind of processor, end with the same bits.
 *
 * @param settings every setting's final text, by name, in the order of names: the canonical form
 */
public record Job(
        Map<String, String> settings,
        Model model,
        Data data,
        Batches batches,
        Optimization optimization,
        Determinism determinism) {

    public Job {
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /** Shards whose moments are summed together. */
    public int groupSize() {
        return model.normalization().groupSize(batches.shards());
    }

    /**
     * What is trained.
     *
     * @param name a built-in model's name, or a class's
     * @param normalization that the model's layers take, unless they say otherwise
     * @param init file with the first weights; empty for random ones
     */
    public record Model(String name, Normalization normalization, Optional<String> init) {}

    /**
     * What it is trained on.
     *
     * @param source where the data is
     * @param imageSize height and width to which images are scaled or drawn; 0 for their own
     * @param shuffle whether shards are put in a new order every epoch
     * @param augment whether training images are cropped and flipped
     */
    public record Data(DataSource source, int imageSize, boolean shuffle, boolean augment) {}

    /**
     * How the data is cut.
     *
     * @param shards S, number of parts of the training data
     * @param batch examples of a shard in a step
     * @param length of the job
     */
    public record Batches(int shards, int batch, Length length) {}

    /**
     * What makes the job repeatable.
     *
     * @param seed of everything random
     * @param kernels of convolutions and matrix products
     * @param instructionSet that oneDNN may use
     */
    public record Determinism(long seed, Kernels kernels, InstructionSet instructionSet) {}

    /**
     * Data by format and path; both are interpreted by the code that opens it.
     *
     * @param format its name, or {@code class:} and the name of a class
     * @param path of a directory or file; empty if there is none
     */
    public record DataSource(String format, String path) {
        private static final String CLASS = "class:";

        /** As it is given: {@code FORMAT}, {@code FORMAT:PATH} or {@code class:NAME:PATH}. */
        public static DataSource of(String text) {
            int colon = text.indexOf(':', text.startsWith(CLASS) ? CLASS.length() : 0);
            return colon < 0
                    ? new DataSource(text, "")
                    : new DataSource(text.substring(0, colon), text.substring(colon + 1));
        }

        /** The name of the user's class that opens it, if the format is {@code class:}. */
        public Optional<String> ownClass() {
            return format.startsWith(CLASS) ? Optional.of(format.substring(CLASS.length())) : Optional.empty();
        }

        @Override
        public String toString() {
            return path.isEmpty() ? format : format + ":" + path;
        }
    }

    /** How long a job is: exactly one of the two is positive. */
    public record Length(long epochs, long steps) {}
}
