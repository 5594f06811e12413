/**
 * A reducer's sums: takes frames, folds parts in the order of the tree as they arrive, and returns the root when it is
 * complete. It has no network, threads or clock, so that coordinator and worker can both run it.
 *
 * <p>A round is one sum: (generation, step, kind, index, group). {@link io.syncbn.proto.rounds.Rounds} opens it with
 * its first part. The caller reports when a step is committed; then everything of that step is forgotten. Only these
 * frames are accepted:
 *
 * <pre>
 *   MOMENTS_FORWARD, MOMENTS_BACKWARD, GRADIENTS, COMMIT   of the step after the last committed one
 *   EVALUATION, PASS_MOMENTS, POPULATION                   of the last committed step
 *   DATA_STATISTICS                                        of step 0
 * </pre>
 *
 * <p>A slow worker's run of shards may have a backup: another worker that computes it too. The two send the same nodes
 * with the same bits; the first to arrive is added, the second is ignored as a duplicate.
 *
 * <p>A frame that is stale or a duplicate (an earlier generation, a committed step, a node that has arrived already) is
 * ignored. Anything else (a later generation or step, a node outside the sender's shards, another number of elements)
 * is refused with what was expected, what came, and who sent it. Neither is ever added.
 */
package io.syncbn.proto.rounds;
