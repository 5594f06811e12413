package io.syncbn.deploy.launch;

import io.syncbn.deploy.settings.MemorySize;
import java.util.Optional;

/** How large the heaps of processes may grow, where the user has said so. */
public record Heaps(Optional<MemorySize> coordinator, Optional<MemorySize> worker) {

    /** The user has not said anything. */
    public static final Heaps USUAL = new Heaps(Optional.empty(), Optional.empty());
}
