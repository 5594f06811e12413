package io.syncbn.proto.net;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A limit on the number of connections: one more evicts the oldest, so that nobody can keep others out by holding
 * connections. Belongs to the event loop of these connections.
 */
final class ConnectionLimit<T> {
    private final int most;
    private final Set<T> members = new LinkedHashSet<>();

    ConnectionLimit(int most) {
        this.most = most;
    }

    /** Adds a member; returns the oldest, which must go, if there are too many now. */
    Optional<T> add(T member) {
        members.add(member);
        return members.size() > most ? Optional.of(members.iterator().next()) : Optional.empty();
    }

    void remove(T member) {
        members.remove(member);
    }
}
