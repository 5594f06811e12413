package io.syncbn.worker.checkpoint;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A process that writes checkpoints. */
record Writer(String host, long processId) {

    static Writer ofThisProcess() {
        return new Writer(hostName(), ProcessHandle.current().pid());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "_");
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** Whether another writer has ended for certain. Of those on other hosts nothing is known here. */
    boolean knowsThatIsGone(Writer other) {
        return other.host.equals(host)
                && ProcessHandle.of(other.processId)
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }

    @Override
    public String toString() {
        return host + "-" + processId;
    }
}
