package io.syncbn.deploy.launch;

/** How a launched job ended. */
public sealed interface Ending {

    record Done() implements Ending {}

    /**
     * A process failed.
     *
     * @param message names it and says why
     * @param isBadInput whether what it was given is at fault: settings, data, a checkpoint
     */
    record Failed(String message, boolean isBadInput) implements Ending {}

    /** Somebody asked for the end. */
    record Interrupted() implements Ending {}
}
