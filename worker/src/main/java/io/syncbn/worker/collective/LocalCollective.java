package io.syncbn.worker.collective;

import io.syncbn.proto.sums.Groupings;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.Payload;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** All shards in one process: the root of the local fold is the sum, and every step whose COMMIT is offered is committed. */
public final class LocalCollective extends FoldingCollective {

    /**
     * @param shards S
     * @param groupSize shards in a full normalization group
     */
    public LocalCollective(int shards, int groupSize) {
        super(Groupings.of(shards, groupSize), List.of(new ShardRun(0, shards)), Waiting.PLAIN, () -> 0);
    }

    @Override
    boolean isCompleteHere(SumKind kind) {
        return true;
    }

    @Override
    <T> void send(Round round, int group, Map<Node, T> nodes, Function<T, Payload> payload) {
        throw new IllegalStateException("the fold of all shards must be the root alone, not " + nodes.keySet());
    }

    @Override
    public boolean endsWith(long step) {
        return false;
    }

    @Override
    public void close() {
        fail("the collective was closed");
    }
}
