package io.syncbn.deploy.launch;

import java.util.List;

/** The command lines of a job's processes. */
public interface ChildCommands {

    /** A coordinator that prints a line {@code listening on ADDRESS} once it does. */
    List<String> coordinator();

    /** A worker that reads the coordinator's address from the first line of its standard input. */
    List<String> worker(String name);
}
