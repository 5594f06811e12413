/**
 * The coordinator's streams: what comes from workers becomes events of membership and rounds, and their effects become
 * messages.
 *
 * <p>gRPC's threads decode a message, put a task into the {@link io.syncbn.coordinator.service.Mailbox} and return. The
 * writer thread runs the tasks; they are the only code that touches {@link io.syncbn.coordinator.service.Coordinator} and
 * that sends on a stream or closes one. How much may wait in the mailbox is bounded by flow control: a stream is asked for
 * another message only when one of its earlier ones has been dealt with. What waits to be sent to a worker is bounded by
 * the protocol: nobody gets roots of the next step before it has sent parts for them.
 */
package io.syncbn.coordinator.service;
