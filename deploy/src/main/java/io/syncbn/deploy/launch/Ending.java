package io.syncbn.deploy.launch;

/** How a launched job ended. */
public sealed interface Ending {

    record Done() implements Ending {}

    /** A process failed; the message names it and says why. */
    record Failed(String message) implements Ending {}

    /** Somebody asked for the end. */
    record Interrupted() implements Ending {}
}
