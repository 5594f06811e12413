package io.syncbn.proto.sums;

import io.syncbn.proto.v1.Kind;
import java.util.Arrays;
import java.util.Optional;

/**
 * The table of sums: the properties of each kind. Code that depends on a kind's properties looks them up here.
 *
 * <p>The rows are those of {@link Kind}, by the same names, whose comments say what the numbers are.
 */
public enum SumKind {
    MOMENTS_FORWARD(Element.FLOAT64, StreamKind.MOMENTS, Scope.NORMALIZATION_GROUP, When.IN_STEP, Index.LAYER, true),
    MOMENTS_BACKWARD(Element.FLOAT64, StreamKind.MOMENTS, Scope.NORMALIZATION_GROUP, When.IN_STEP, Index.LAYER, true),
    GRADIENTS(Element.FLOAT32, StreamKind.GRADIENTS, Scope.ALL_SHARDS, When.IN_STEP, Index.CHUNK, false),
    COMMIT(Element.FLOAT64, StreamKind.MOMENTS, Scope.ALL_SHARDS, When.IN_STEP, Index.NONE, true),
    EVALUATION(Element.FLOAT64, StreamKind.MOMENTS, Scope.ALL_SHARDS, When.BETWEEN_STEPS, Index.NONE, false),
    DATA_STATISTICS(Element.FLOAT64, StreamKind.MOMENTS, Scope.ALL_SHARDS, When.BEFORE_STEPS, Index.NONE, false),
    /** COMMIT's root under another name. */
    LAST_COMMIT(Element.FLOAT64, StreamKind.MOMENTS, Scope.ALL_SHARDS, When.IN_STEP, Index.NONE, true),
    /** Not a sum: forwarded unchanged. */
    STATE(Element.FLOAT32, StreamKind.GRADIENTS, Scope.ALL_SHARDS, When.BEFORE_GENERATION, Index.CHUNK, false),
    PASS_MOMENTS(Element.FLOAT64, StreamKind.MOMENTS, Scope.NORMALIZATION_GROUP, When.BETWEEN_STEPS, Index.PASS, true),
    POPULATION(Element.FLOAT64, StreamKind.MOMENTS, Scope.ALL_SHARDS, When.BETWEEN_STEPS, Index.WEIGHTS, false);

    /** Most layers, or chunks of one array, in a step: bounds the number of open rounds. As chunks, 16 GiB. */
    private static final int MOST_IN_STEP = 1 << 16;

    /** Most sums of one kind in a pass over the data: layers times batches. */
    private static final int MOST_IN_PASS = 1 << 26;

    private enum Element {
        FLOAT32,
        FLOAT64
    }

    private enum Scope {
        NORMALIZATION_GROUP,
        ALL_SHARDS
    }

    private enum When {
        BEFORE_GENERATION,
        BEFORE_STEPS,
        BETWEEN_STEPS,
        IN_STEP
    }

    private enum Index {
        NONE,
        LAYER,
        CHUNK,
        PASS,
        WEIGHTS
    }

    private static final SumKind[] BY_NUMBER = byNumber();

    private final Element element;
    private final StreamKind stream;
    private final Scope scope;
    private final When when;
    private final Index index;
    private final boolean isAwaited;
    private final int number;

    SumKind(Element element, StreamKind stream, Scope scope, When when, Index index, boolean isAwaited) {
        this.element = element;
        this.stream = stream;
        this.scope = scope;
        this.when = when;
        this.index = index;
        this.isAwaited = isAwaited;
        number = Kind.valueOf(name()).getNumber();
    }

    private static SumKind[] byNumber() {
        SumKind[] kinds = new SumKind
                [1 + Arrays.stream(values()).mapToInt(SumKind::number).max().orElse(0)];
        Arrays.stream(values()).forEach(kind -> kinds[kind.number()] = kind);
        return kinds;
    }

    /** The kind that has this number on the wire; empty if none has. */
    public static Optional<SumKind> of(long number) {
        return number < 0 || number >= BY_NUMBER.length
                ? Optional.empty()
                : Optional.ofNullable(BY_NUMBER[(int) number]);
    }

    /** On the wire. */
    public int number() {
        return number;
    }

    /** Whether its numbers are float32; else they are float64. */
    public boolean isFloat32() {
        return element == Element.FLOAT32;
    }

    public int elementBytes() {
        return isFloat32() ? Float.BYTES : Double.BYTES;
    }

    /** The stream on which it travels, both ways. */
    public StreamKind stream() {
        return stream;
    }

    /** Whether it is summed over the shards of a normalization group; all else is over all shards. */
    public boolean isOfGroup() {
        return scope == Scope.NORMALIZATION_GROUP;
    }

    /**
     * Whether a worker that has all shards of its tree keeps the root and sends nothing. Others are told to the coordinator all
     * the same: COMMIT, because it commits the step.
     */
    public boolean isKeptByOnlyWorker() {
        return isOfGroup() || this == GRADIENTS;
    }

    /** Whether it is part of a step: it is needed to commit the step, and useless afterwards. */
    public boolean isOfStep() {
        return when == When.IN_STEP;
    }

    /**
     * The step that frames of this kind must carry when {@code committed} steps are committed; frames of earlier steps
     * are past. A state is past as soon as its generation has begun.
     */
    public long stepAfter(long committed) {
        return switch (when) {
            case BEFORE_STEPS -> 0;
            case BETWEEN_STEPS -> committed;
            case BEFORE_GENERATION, IN_STEP -> committed + 1;
        };
    }

    /** How many there may be of it at most for a step, each with an index of its own below this. */
    public int most() {
        return switch (index) {
            case NONE -> 1;
            case WEIGHTS -> 2;
            case LAYER, CHUNK -> MOST_IN_STEP;
            case PASS -> MOST_IN_PASS;
        };
    }

    /** Whether it is sent as chunks of one long array, each of which states the number of chunks. */
    public boolean isInChunks() {
        return index == Index.CHUNK;
    }

    /** Whether a worker that has sent its part soon has to wait for the root before it can go on with the step. */
    public boolean isAwaited() {
        return isAwaited;
    }

    /** Whether workers send parts of it once their generation has begun. */
    public boolean isSentInParts() {
        return when != When.BEFORE_GENERATION && this != LAST_COMMIT;
    }
}
