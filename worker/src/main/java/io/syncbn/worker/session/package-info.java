/**
 * A worker's side of the conversation with the coordinator: how it joins, takes up the work of a generation, drops it, comes
 * to the others' state, and ends.
 *
 * <p>{@link io.syncbn.worker.session.Session} decides: it is told of {@linkplain io.syncbn.worker.session.SessionEvent
 * events} (a message came, the connection was lost, a command was carried out) and says what is to be done ({@linkplain
 * io.syncbn.worker.session.SessionEffect effects}), without network, threads or clock, so that a simulation can run it.
 * {@link io.syncbn.worker.session.SessionRunner} carries that out:
 *
 * <pre>
 *   control connection ──▶ Session ──▶ control connection       on the connection's event loop, a timer, or the
 *                            │  ▲                                training thread, one at a time
 *                    Command ▼  │ Done
 *                      training thread: a {@link io.syncbn.worker.session.Trainee}
 * </pre>
 *
 * <p>The training thread does one {@linkplain io.syncbn.worker.session.Command command} at a time; a newer one replaces
 * what has not been begun. What is under way is dropped by ending its waits for sums: the step then leaves no trace.
 */
package io.syncbn.worker.session;
