/**
 * The local launcher: one coordinator and its workers as processes of this machine.
 *
 * <p>Promises: no process outlives the launcher (each child holds its end of a pipe and ends when that closes, so that
 * even {@code kill -9} of the launcher leaves nothing); a process that is killed is started again, the coordinator at the
 * same place; one that fails ends the job within seconds, with a message that names the cause and not one of its
 * consequences.
 *
 * <pre>
 *   launcher ── starts ──▶ coordinator, workers      launcher ── "stop" ──▶ coordinator
 *   coordinator ── "listening on ADDRESS" in its log ──▶ launcher ── ADDRESS ──▶ workers
 *   launcher ◀── exit codes ── all                   launcher ◀── events.jsonl ── coordinator
 *                                                    launcher ◀── metrics.jsonl, result.json ── the worker with shard 0
 * </pre>
 */
package io.syncbn.deploy.launch;
