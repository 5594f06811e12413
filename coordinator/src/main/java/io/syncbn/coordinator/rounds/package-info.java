/**
 * What is committed: takes frames and returns effects, without network, threads or clock.
 *
 * <p>{@link io.syncbn.proto.rounds.Rounds} takes the sums; each root goes to the workers that have shards in its tree.
 * A step is committed when its COMMIT round and all chunks of its gradient are complete, whoever took those sums (a worker
 * that is alone keeps its gradient; {@code CommitGate}), and COMMIT's root, held back until then, tells the workers (as
 * LAST_COMMIT, if the generation is to end with it). {@link io.syncbn.coordinator.rounds.GenerationSums} combines the two.
 *
 * <p>The rest tracks who makes others wait: which workers the oldest open sum waits for ({@link
 * io.syncbn.coordinator.rounds.OldestWait}), how long the others waited for each worker alone ({@code
 * WaitAttribution}), and whether a slow worker or its backup sent COMMIT for its shards first ({@code Committers}).
 *
 * <p>Before a generation begins, {@link io.syncbn.coordinator.rounds.StateRelay} relays one worker's state to others.
 */
package io.syncbn.coordinator.rounds;
