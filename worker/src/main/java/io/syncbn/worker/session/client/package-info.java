/**
 * Carries out the decisions of a worker's {@linkplain io.syncbn.worker.session.Session session}, with threads,
 * connections and the clock:
 *
 * <pre>
 *   control connection ──▶ Session ──▶ control connection       on the connection's event loop, a timer, or the
 *                            │  ▲                                training thread, one at a time
 *                    Command ▼  │ Done
 *                      training thread: a {@link io.syncbn.worker.session.client.ControlledReplica}
 * </pre>
 *
 * <p>The training thread carries out one {@linkplain io.syncbn.worker.session.Command command} at a time; a newer one
 * replaces a command that has not begun. A command under way is abandoned by ending its waits for sums: the step then
 * leaves no trace.
 */
package io.syncbn.worker.session.client;
