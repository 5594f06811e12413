package io.syncbn.worker.session;

import io.syncbn.proto.v1.FromWorker;
import java.util.ArrayList;
import java.util.List;

/** The effects of the decision under way, in order. */
final class Effects {
    private final List<SessionEffect> effects = new ArrayList<>();

    void clear() {
        effects.clear();
    }

    List<SessionEffect> list() {
        return List.copyOf(effects);
    }

    void add(SessionEffect effect) {
        effects.add(effect);
    }

    void send(FromWorker message) {
        add(new SessionEffect.Send(message));
    }

    /** Ends all waits for sums. */
    void endWaits(String reason) {
        endWaits(SessionEffect.EndWaits.NONE, reason);
    }

    /** Ends the waits for sums, except those of steps that are committed. */
    void endWaits(long committedStep, String reason) {
        add(new SessionEffect.EndWaits(committedStep, reason));
    }

    void remind(long nanos) {
        add(new SessionEffect.RemindAfter(nanos));
    }

    void log(String text) {
        add(new SessionEffect.Log(text));
    }
}
