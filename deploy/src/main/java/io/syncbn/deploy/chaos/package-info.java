/**
 * Fault injection: a readable list of what is to go wrong and when, carried out on a job's real processes and the links
 * between them, and a report of what followed.
 *
 * <pre>
 *   worker-1 ──▶ Link (a port of its own) ── up ────▶ coordinator         Chaos: a list of faults,
 *            ◀──                          ◀── down ──                      due by step or by time
 *   signals, limits ──▶ processes         metrics.jsonl, events.jsonl ──▶  what happened after each
 * </pre>
 *
 * <p>Nothing in the coordinator or the workers knows of it.
 */
package io.syncbn.deploy.chaos;
