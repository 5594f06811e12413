package io.syncbn.deploy.launch;

import io.syncbn.proto.net.Address;

/** Looks on while a launcher runs a job. Called on the launcher's thread, which it must not hold up. */
@FunctionalInterface
public interface Watcher {

    /** Comes several times a second. */
    void tick(ProcessTable crew);

    /** Something that the launcher did, for people. */
    default void say(String line) {}

    /**
     * Where a worker's process, which has just been started, is to reach the coordinator.
     *
     * @param coordinator where that listens
     */
    default Address way(String worker, Address coordinator) {
        return coordinator;
    }
}
