package io.syncbn.proto.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** This machine's own name: for people to read, never to connect to. */
public final class OwnHost {
    private OwnHost() {}

    /** Empty on a machine that does not know its own name; it still trains. */
    public static Optional<String> name() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
