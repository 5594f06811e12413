package io.syncbn.deploy.chaos;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a fault does, and which words follow it. */
public enum FaultKind {
    /** SIGKILL: gone without a word. */
    KILL("kill", Target.ANY_OR_ALL),
    /** SIGSTOP: the process keeps its connections, but does nothing. */
    STOP("stop", Target.ANY),
    /** SIGCONT. */
    CONTINUE("continue", Target.ANY),
    /** SIGSTOP, and SIGCONT after a while. */
    PAUSE("pause", Target.ANY, Part.FOR),
    /** Nothing comes through; connections stay open. */
    CUT("cut", Target.WORKER, Part.WAY, Part.FOR),
    /** Everything comes through later. */
    DELAY("delay", Target.WORKER, Part.WAY, Part.BY, Part.FOR),
    /** No more than a given number of bytes a second come through. */
    THROTTLE("throttle", Target.WORKER, Part.WAY, Part.TO, Part.FOR),
    /** One byte comes through changed. */
    CORRUPT("corrupt", Target.WORKER, Part.WAY),
    /** A piece of the stream is lost; what follows comes through. */
    DROP("drop", Target.WORKER, Part.WAY),
    /** Every write to a file fails, as it does on a full disk. */
    FILL("fill the disk of", Target.ANY, Part.FOR),
    /** A worker is started. */
    ADD("add", Target.WORKER),
    /** SIGTERM: the worker leaves, as on a machine that is being drained. */
    DRAIN("drain", Target.WORKER);

    /** What follows a verb's target. */
    enum Part {
        /** {@code up}, {@code down}, or nothing for both. */
        WAY,
        /** {@code by 20 ms}. */
        BY,
        /** {@code to 200 KB/s}. */
        TO,
        /** {@code for 3 s}. */
        FOR
    }

    /** The targets that a verb takes. */
    enum Target {
        WORKER,
        /** Workers, and the coordinator. */
        ANY,
        /** One of them, or all of them at once. */
        ANY_OR_ALL
    }

    private final String words;
    private final Target target;
    private final List<Part> parts;

    FaultKind(String words, Target target, Part... parts) {
        this.words = words;
        this.target = target;
        this.parts = List.of(parts);
    }

    Target target() {
        return target;
    }

    boolean takes(Part part) {
        return parts.contains(part);
    }

    /** Whether it changes what passes a worker's link, and not its process. */
    boolean isOfLink() {
        return takes(Part.WAY);
    }

    /** How a line of this verb looks, for messages. */
    String pattern() {
        return words
                + switch (target) {
                    case WORKER -> " worker-N";
                    case ANY -> " worker-N|coordinator";
                    case ANY_OR_ALL -> " worker-N|coordinator|all";
                }
                + (takes(Part.WAY) ? " [up|down]" : "")
                + (takes(Part.BY) ? " by 20 ms" : "")
                + (takes(Part.TO) ? " to 200 KB/s" : "")
                + (takes(Part.FOR) ? " for 3 s" : "");
    }

    /** The verb with whose words a text begins. */
    static Optional<FaultKind> of(String text) {
        for (FaultKind verb : values()) {
            if (text.equals(verb.words) || text.startsWith(verb.words + " ")) {
                return Optional.of(verb);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return words;
    }

    /** In one word. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
