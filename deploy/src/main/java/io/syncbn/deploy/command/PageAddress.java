package io.syncbn.deploy.command;

import io.syncbn.deploy.settings.Settings;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.net.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** Where pages are served: to this machine only, because anybody may read them. */
final class PageAddress {
    private static final String HOST = "127.0.0.1";

    private PageAddress() {}

    /** Something that serves a page. */
    @FunctionalInterface
    interface Serving<T> {
        T at(Address address) throws IOException;
    }

    /** Says so if another program has the port; what serves the page may be a process whose log nobody reads. */
    static void requireFree(Settings settings, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // of a page that has just ended
            socket.bind(new InetSocketAddress(HOST, port));
        } catch (IOException e) {
            settings.problem("--page-port is " + port + ", which cannot be used: " + e.getMessage());
        }
    }

    /** Serves; a port that is not free is a wrong setting, like one that is no number. */
    static <T> T serve(int port, Serving<T> serving) {
        try {
            return serving.at(new Address(HOST, port));
        } catch (IOException e) {
            throw new UsageException(List.of(e.getMessage()));
        }
    }
}
