package io.syncbn.worker.train;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;

/**
 * The collective of several workers that are threads of this process, and not equally far: what one is done with, another may
 * still need. Gradients are copied, as between processes.
 */
class SeveralWorkers extends DelegatingCollective {

    SeveralWorkers(Collective sums) {
        super(sums);
    }

    @Override
    public Sum<Chunk> offerGradients(Round round, int shard, Chunk part) {
        return super.offerGradients(round, shard, copy(part));
    }

    @Override
    public void done(long step) {}
}
