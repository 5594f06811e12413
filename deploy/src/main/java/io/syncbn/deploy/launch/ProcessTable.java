package io.syncbn.deploy.launch;

import java.util.List;
import java.util.OptionalLong;

/** The processes of a running job, for code that acts on them. Belongs to the launcher's thread. */
public interface ProcessTable {
    String COORDINATOR = "coordinator";

    /** Names of the workers whose processes live, in the order in which they were first started. */
    List<String> workers();

    /** The id of a process that lives, by its name. */
    OptionalLong pid(String name);

    /**
     * Starts a worker.
     *
     * @param name of one that does not live
     */
    void startWorker(String name);
}
