/**
 * Sockets: how processes of a job reach each other and show their metrics.
 *
 * <p>{@link io.syncbn.proto.net.Channels} makes gRPC's channels and servers with one set of settings, each on an event loop
 * that the caller chooses: one with a thread of its own ({@link io.syncbn.proto.net.Transport}), or one that is driven by
 * the thread that waits for what arrives there ({@link io.syncbn.proto.net.DrivenLoop}). Everybody opens a channel, and so a
 * TCP connection, for each stream that must not wait behind another.
 */
package io.syncbn.proto.net;
