/**
 * The worker's side of every sum over shards.
 *
 * <p>The shards of a worker meet in a {@link io.syncbn.worker.collective.LocalReducer}, which adds their parts along
 * the reduction tree. The two collectives differ only in what they do with the folded nodes: within one process the
 * root is the sum ({@link io.syncbn.worker.collective.LocalCollective}); in a cluster the nodes go to the coordinator
 * and the root comes back ({@link io.syncbn.worker.collective.RemoteCollective}). Their common part is {@code
 * FoldingCollective}.
 *
 * <p>A worker may have two runs of shards, its own and that of a slow worker, which are folded separately. The slow
 * worker may find that a sum has arrived before it has offered its parts, or that the step is committed: then it
 * abandons its computation ({@link io.syncbn.worker.collective.OvertakenException}), and takes the step's result from
 * the sums.
 *
 * <p>The connection for moments has no thread: the training thread, which created the collective, runs it while it
 * waits. With one shard in the process, that is the shard's own thread; with several, it meanwhile waits for the
 * shards' threads.
 */
package io.syncbn.worker.collective;
