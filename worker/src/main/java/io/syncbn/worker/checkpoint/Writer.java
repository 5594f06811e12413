package io.syncbn.worker.checkpoint;

import io.syncbn.proto.net.OwnHost;
import java.util.Locale;
import java.util.UUID;

/**
 * A process that writes files of a run.
 *
 * <p>Host and process are for people: in containers every process has id 1, and hosts may share a name. What identifies
 * a writer is a number that each process draws when it starts.
 */
record Writer(String host, long processId, String instance) {
    private static final Writer THIS_PROCESS = new Writer(
            OwnHost.name().orElse("unknown").replaceAll("[^A-Za-z0-9-]", "_"),
            ProcessHandle.current().pid(),
            drawn());

    static Writer ofThisProcess() {
        return THIS_PROCESS;
    }

    private static String drawn() {
        return String.format(Locale.ROOT, "%016x", UUID.randomUUID().getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return host + "-" + processId + "-" + instance;
    }
}
