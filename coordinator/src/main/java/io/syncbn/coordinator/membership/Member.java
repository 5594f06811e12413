package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;
import java.util.Optional;

/**
 * A worker that has joined.
 *
 * @param connection its control stream
 * @param join what it said of itself
 * @param heardNanos when it last sent anything there
 * @param finished what it ended with
 */
public record Member(long connection, Join join, long heardNanos, Optional<Finished> finished) {

    static Member joined(long connection, Join join, long nowNanos) {
        return new Member(connection, join, nowNanos, Optional.empty());
    }

    Member heardAt(long nowNanos) {
        return new Member(connection, join, nowNanos, finished);
    }

    Member finishedWith(Finished result) {
        return new Member(connection, join, heardNanos, Optional.of(result));
    }

    String name() {
        return join.getName();
    }

    boolean isRunning() {
        return finished.isEmpty();
    }
}
