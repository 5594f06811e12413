/**
 * What is summed and what is committed: the reducer, as a machine that takes frames and says what to do, without network,
 * threads or clock.
 *
 * <p>A round is one sum: (generation, step, kind, index, group). {@link io.syncbn.coordinator.rounds.Rounds} opens it with
 * its first part, folds parts in the order of the tree as they come, and when the root is complete sends it to the workers
 * that have shards in that tree. The step is committed when its COMMIT round and all chunks of its gradient are complete,
 * and COMMIT's root, held back until then, is how workers hear of it (as LAST_COMMIT, if the generation is to end with it);
 * then everything of it is forgotten. What may come is narrow:
 *
 * <pre>
 *   MOMENTS_FORWARD, MOMENTS_BACKWARD, GRADIENTS, COMMIT   of the step after the last committed one
 *   EVALUATION                                             of the last committed step
 *   DATA_STATISTICS                                        of step 0
 *   STATE                                                  before the generation begins, from one worker (StateRelay)
 * </pre>
 *
 * <p>A slow worker's run of shards may have a backup: another worker that computes it too. The two send the same nodes with the
 * same bits; the first that comes is added, the second has come before.
 *
 * <p>What was right before (an earlier generation, a step that is committed, a node that came before) may come late or again
 * and is ignored. Anything else (a later generation or step, a node outside the sender's shards, another number of elements)
 * is refused with what was expected, what came, and who sent it: that worker is not right. Neither is ever added.
 *
 * <p>Rounds also keep account of who makes others wait: which workers the oldest open sum waits for, and how long the others
 * waited for each worker alone.
 */
package io.syncbn.coordinator.rounds;
