package io.syncbn.proto.net;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Connections of which there may be so many: one more takes the place of the oldest, so that nobody can keep others out by
 * holding connections. Belongs to the event loop that all of them are on.
 */
final class ConnectionLimit<T> {
    private final int most;
    private final Set<T> members = new LinkedHashSet<>();

    ConnectionLimit(int most) {
        this.most = most;
    }

    /** Takes one in; the one that has to go for it, if there are too many now. */
    Optional<T> add(T member) {
        members.add(member);
        return members.size() > most ? Optional.of(members.iterator().next()) : Optional.empty();
    }

    void remove(T member) {
        members.remove(member);
    }
}
