package io.syncbn.coordinator.membership;

import java.util.List;

/** The next state, and the effects to carry out. */
public record Decision(Membership next, List<Effect> effects) {
    public Decision {
        effects = List.copyOf(effects);
    }
}
