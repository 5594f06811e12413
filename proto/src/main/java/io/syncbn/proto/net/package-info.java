/**
 * Sockets: how processes of a job reach each other and show their metrics.
 *
 * <p>{@link io.syncbn.proto.net.Channels} makes gRPC's channels and servers with one set of settings. Everybody opens a
 * channel, and so a TCP connection, for each stream that must not wait behind another.
 */
package io.syncbn.proto.net;
