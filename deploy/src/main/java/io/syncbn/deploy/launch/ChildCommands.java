package io.syncbn.deploy.launch;

import java.util.List;
import java.util.OptionalInt;

/** The command lines of a job's processes. */
public interface ChildCommands {

    /**
     * A coordinator that prints a line {@code listening on ADDRESS} once it does, and stops the job when it reads a
     * line from its standard input.
     *
     * @param port to listen on; 0: any that is free
     * @param page port of its page, if that is to be the one of its predecessor
     */
    List<String> coordinator(int port, OptionalInt page);

    /** A worker that reads the coordinator's address from the first line of its standard input. */
    List<String> worker(String name);

    /** Whether the workers of a job that is done leave a {@code result.json}; without it, the job has failed. */
    default boolean leaveResult() {
        return true;
    }
}
