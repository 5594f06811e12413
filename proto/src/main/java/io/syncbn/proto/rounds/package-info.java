/**
 * A reducer's sums: takes frames, folds parts in the order of the tree as they come, and gives the root when it is complete;
 * without network, threads or clock, so that it can run wherever sums are taken.
 *
 * <p>A round is one sum: (generation, step, kind, index, group). {@link io.syncbn.proto.rounds.Rounds} opens it with its first
 * part. Whoever runs it says when a step is committed; then everything of that step is forgotten. What may come is narrow:
 *
 * <pre>
 *   MOMENTS_FORWARD, MOMENTS_BACKWARD, GRADIENTS, COMMIT   of the step after the last committed one
 *   EVALUATION                                             of the last committed step
 *   DATA_STATISTICS                                        of step 0
 * </pre>
 *
 * <p>A slow worker's run of shards may have a backup: another worker that computes it too. The two send the same nodes with the
 * same bits; the first that comes is added, the second has come before.
 *
 * <p>What was right before (an earlier generation, a step that is committed, a node that came before) may come late or again
 * and is ignored. Anything else (a later generation or step, a node outside the sender's shards, another number of elements)
 * is refused with what was expected, what came, and who sent it. Neither is ever added.
 */
package io.syncbn.proto.rounds;
