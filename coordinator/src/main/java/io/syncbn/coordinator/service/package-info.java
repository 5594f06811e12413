/**
 * The coordinator's streams: what comes from workers becomes events of membership and rounds, and their effects become
 * messages.
 *
 * <p>One event loop reads all connections, calls {@link io.syncbn.coordinator.service.Coordinator}, and writes. It is the
 * only thread that touches state, so nothing here is locked and nothing changes threads; a round trip costs the workers one
 * wake-up of that thread. A stream is asked for another message when the one before has been dealt with, and what waits to
 * be sent to a worker is bounded by the protocol: nobody gets roots of the next step before it has sent parts for them,
 * but a slow worker whose backup does; so how long such a one may leave what waits untaken is bounded.
 */
package io.syncbn.coordinator.service;
