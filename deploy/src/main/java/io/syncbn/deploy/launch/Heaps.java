package io.syncbn.deploy.launch;

import java.util.Optional;

/** How large the heaps of processes may grow, as {@code -Xmx} takes it, where the user has said so. */
public record Heaps(Optional<String> coordinator, Optional<String> worker) {

    /** The user has not said anything. */
    public static final Heaps USUAL = new Heaps(Optional.empty(), Optional.empty());
}
