package io.syncbn.deploy.launch;

import io.syncbn.deploy.settings.MemorySize;
import java.util.Optional;

/** Maximum sizes of processes' heaps, where the user has set them. */
public record Heaps(Optional<MemorySize> coordinator, Optional<MemorySize> worker) {

    /** The user has set nothing. */
    public static final Heaps USUAL = new Heaps(Optional.empty(), Optional.empty());
}
