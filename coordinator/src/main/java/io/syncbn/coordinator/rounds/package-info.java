/**
 * What is committed: takes frames and says what to do, without network, threads or clock.
 *
 * <p>{@link io.syncbn.proto.rounds.Rounds} takes the sums; each root goes to the workers that have shards in its tree. A step
 * is committed when its COMMIT round and all chunks of its gradient are complete, whoever took those sums
 * ({@code CommitGate}), and COMMIT's root, held back until then, is how workers hear of it (as LAST_COMMIT, if the generation
 * is to end with it). {@link io.syncbn.coordinator.rounds.GenerationSums} puts the two together.
 *
 * <p>Beside them stands the account of who makes others wait: which workers the oldest open sum waits for
 * ({@link io.syncbn.coordinator.rounds.OldestWait}), how long the others waited for each worker alone
 * ({@code WaitAttribution}), and who has seen to a slow worker's shards, itself or its backup ({@code Committers}).
 *
 * <p>Before a generation begins, {@link io.syncbn.coordinator.rounds.StateRelay} hands one worker's state on to others.
 */
package io.syncbn.coordinator.rounds;
