package io.syncbn.proto.rounds;

import io.syncbn.proto.wire.DataFrame;
import java.util.List;
import java.util.Optional;

/** The result of offering a frame to the rounds. */
public sealed interface Offered {

    /** It is a duplicate or stale. It was not added. */
    record Ignored() implements Offered {}

    /** A correct worker never sends such a frame. It was not added. */
    record Refused(String reason) implements Offered {}

    /**
     * It was added to its sum.
     *
     * @param owner number of the worker that owns its shards, whoever sent it
     * @param sum the sum, if this was its last part
     */
    record Added(int owner, Optional<Sum> sum) implements Offered {}

    /**
     * A complete sum.
     *
     * @param workers numbers of the workers to send it to: all that have shards in its tree
     */
    record Sum(DataFrame root, List<Integer> workers, Arrivals arrivals) {}
}
