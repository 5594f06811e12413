/**
 * The coordinator's streams: messages from workers become events of membership and rounds, and their effects become
 * messages.
 *
 * <p>One event loop reads all connections, calls {@link io.syncbn.coordinator.service.Coordinator}, and writes. It is
 * the only thread that touches state, so nothing here is locked and nothing changes threads; a round trip costs the
 * workers one wake-up of that thread. A stream is asked for another message only when the previous one has been
 * handled. What waits to be sent to a worker is bounded by the protocol: a worker gets no roots of the next step before
 * it has sent parts for them. The exception is a slow worker whose backup sends them; for it, the time and bytes that
 * it may leave untaken are limited.
 */
package io.syncbn.coordinator.service;
