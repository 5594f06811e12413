package io.syncbn.proto.rounds;

import io.syncbn.proto.wire.DataFrame;
import java.util.List;
import java.util.Optional;

/** What became of a frame that was offered to the rounds. */
public sealed interface Offered {

    /** It has come before, or belongs to what is over. It was not added. */
    record Ignored() implements Offered {}

    /** No worker sends such a frame that is right. It was not added. */
    record Refused(String reason) implements Offered {}

    /**
     * It is part of its sum now.
     *
     * @param owner number of the worker whose own shards it is of, whoever sent it
     * @param sum if this was the last part of it
     */
    record Added(int owner, Optional<Sum> sum) implements Offered {}

    /**
     * A sum that is complete.
     *
     * @param workers numbers of those that it is for: all that have shards in its tree
     */
    record Sum(DataFrame root, List<Integer> workers, Arrivals arrivals) {}
}
