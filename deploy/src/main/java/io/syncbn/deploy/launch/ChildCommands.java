package io.syncbn.deploy.launch;

import java.util.List;

/** The command lines of a job's processes. */
public interface ChildCommands {

    /** A coordinator that prints a line {@code listening on HOST:PORT} once it does. */
    List<String> coordinator();

    List<String> worker(String name, String coordinatorAddress);
}
