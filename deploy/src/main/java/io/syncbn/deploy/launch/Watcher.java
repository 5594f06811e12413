package io.syncbn.deploy.launch;

import io.syncbn.proto.net.Address;

/** Observes a job that a launcher runs. Called on the launcher's thread, which it must not block. */
@FunctionalInterface
public interface Watcher {

    /** Called several times a second. */
    void tick(ProcessTable crew);

    /** Something that the launcher did, for people. */
    default void say(String line) {}

    /**
     * The address at which a worker's process, which has just been started, is to reach the coordinator.
     *
     * @param coordinator address that it listens on
     */
    default Address way(String worker, Address coordinator) {
        return coordinator;
    }
}
