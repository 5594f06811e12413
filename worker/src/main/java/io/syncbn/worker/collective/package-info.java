/**
 * The worker's side of every sum over shards.
 *
 * <p>The shards of a worker meet in a {@link io.syncbn.worker.collective.LocalReducer}, which adds their parts along the
 * reduction tree. What becomes of the folded nodes is the only difference between the two collectives: within one process
 * the root is the sum ({@link io.syncbn.worker.collective.LocalCollective}); in a cluster the nodes go to the coordinator
 * and the root comes back ({@link io.syncbn.worker.collective.RemoteCollective}). What they share is
 * {@code FoldingCollective}.
 *
 * <p>A worker may have two runs of shards, its own and that of a slow worker, which are folded apart. The slow worker itself
 * may find that a sum is there before it has offered its parts, or that the step is committed: then it gives up what it
 * computes ({@link io.syncbn.worker.collective.OvertakenException}), and takes the step from the sums.
 *
 * <p>The connection for moments has no thread: the training thread, which made the collective, runs it while it waits. With
 * one shard in the process that is the shard's own thread; with several it waits for the shards' threads meanwhile.
 */
package io.syncbn.worker.collective;
