/**
 * Sockets: how processes of a job reach each other and expose their metrics.
 *
 * <p>{@link io.syncbn.proto.net.Channels} makes gRPC's channels and servers with one set of settings, each on an event
 * loop that the caller chooses: one with its own thread ({@link io.syncbn.proto.net.Transport}), or one driven by the
 * thread that waits for what arrives there ({@link io.syncbn.proto.net.DrivenLoop}). Every stream that must not wait
 * behind another has a channel, and so a TCP connection, of its own.
 */
package io.syncbn.proto.net;
