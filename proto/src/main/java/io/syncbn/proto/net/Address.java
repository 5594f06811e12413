package io.syncbn.proto.net;

/**
 * A place to connect to.
 *
 * @param host name or IP address; an IPv6 address without brackets
 * @param port from 0, which asks a server for any free port, to 65535
 * @param isLocal whether this means the local socket that a server on the same machine opens beside its port, which is
 *     faster
 */
public record Address(String host, int port, boolean isLocal) {
    private static final String LOCAL = "local:";

    public Address {
        if (host.isBlank() || port < 0 || port > 65535) {
            throw new IllegalArgumentException(
                    "'" + host + "', port " + port + " is no address; expected a host and a port from 0 to 65535");
        }
    }

    public Address(String host, int port) {
        this(host, port, false);
    }

    /** The local socket beside this port. */
    public Address local() {
        return new Address(host, port, true);
    }

    /**
     * Reads {@code host:port} or {@code [ipv6]:port}, with {@code local:} in front for the local socket beside it.
     *
     * @throws IllegalArgumentException with a message for the user
     */
    public static Address parse(String text) {
        boolean isLocal = text.startsWith(LOCAL) && text.indexOf(':', LOCAL.length()) >= 0;
        int from = isLocal ? LOCAL.length() : 0;
        int colon = text.lastIndexOf(':');
        String host = colon < from ? "" : text.substring(from, colon).strip();
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        if (!host.isBlank() && (bracketed || host.indexOf(':') < 0)) {
            try {
                return new Address(
                        host, Integer.parseInt(text.substring(colon + 1).strip()), isLocal);
            } catch (IllegalArgumentException e) {
                // Reported below, with the text as it was given.
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no address; expected HOST:PORT, such as 10.0.0.7:4600");
    }

    @Override
    public String toString() {
        return (isLocal ? LOCAL : "") + authority();
    }

    /** Host and port: the authority of requests over either kind of socket. */
    String authority() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
