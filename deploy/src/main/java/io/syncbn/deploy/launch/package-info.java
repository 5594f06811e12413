/**
 * The local launcher: one coordinator and W workers as processes of this machine.
 *
 * <p>Promises: no process outlives the launcher (each child holds its end of a pipe and ends when that closes, so that
 * even {@code kill -9} of the launcher leaves nothing); the first failure ends the job within seconds; the message names
 * the cause and not one of its consequences.
 *
 * <pre>
 *   launcher ── starts ──▶ coordinator ── "listening on ADDRESS" in its log ──▶ launcher ── starts ──▶ workers
 *   launcher ◀── exit codes ── all        launcher ◀── metrics.jsonl, result.json ── the worker with shard 0
 * </pre>
 */
package io.syncbn.deploy.launch;
