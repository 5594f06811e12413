package io.syncbn.deploy.chaos;

/** A direction of a worker's link to the coordinator. */
public enum LinkDirection {
    /** Towards the coordinator. */
    UP,
    /** Towards the worker. */
    DOWN,
    BOTH;

    boolean includes(LinkDirection single) {
        return this == BOTH || this == single;
    }

    /** As in a list of faults, with a space in front. */
    String words() {
        return switch (this) {
            case UP -> " up";
            case DOWN -> " down";
            case BOTH -> "";
        };
    }
}
