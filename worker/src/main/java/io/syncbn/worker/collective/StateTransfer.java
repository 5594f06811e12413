package io.syncbn.worker.collective;

import io.syncbn.proto.sums.Chunks;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Transfers a replica's state to workers that are behind: this worker sends it, or waits for it. */
final class StateTransfer {
    private final Plan plan;
    private final Collective waiting;
    private final StateInbox inbox = new StateInbox();

    /** @param waiting used to wait for and serve the network */
    StateTransfer(Plan plan, Collective waiting) {
        this.plan = plan;
        this.waiting = waiting;
    }

    /**
     * Sends a state, no faster than the connection takes it.
     *
     * @throws AbandonedException if nobody waits for it any longer
     */
    void send(DataStream stream, long step, float[] values) {
        Chunks chunks = Chunks.ofState(values.length);
        Node node = new Node(0, plan.getFirstShard());
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            FrameHeader header =
                    new FrameHeader(plan.getGeneration(), step, SumKind.STATE, chunk, 0, node, chunks.count());
            awaitTaken(stream);
            stream.send(DataFrame.of(header, new Payload.Float32(chunks.of(values, chunk))));
        }
    }

    private void awaitTaken(DataStream stream) {
        CompletableFuture<Void> taken = stream.whenTaken();
        if (taken.isDone()) {
            return;
        }
        await(CompletableFuture.anyOf(taken, inbox.whole()));
        if (inbox.whole().isCompletedExceptionally()) {
            throw new AbandonedException("the state is not waited for any more");
        }
    }

    /**
     * Waits for the state that another worker sends.
     *
     * @throws AbandonedException if it will not come
     */
    float[] await() {
        await(inbox.whole());
        try {
            return inbox.whole().join();
        } catch (CompletionException e) {
            throw new AbandonedException(e.getCause().getMessage());
        }
    }

    private void await(CompletableFuture<?> done) {
        try {
            waiting.await(done);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbandonedException("interrupted");
        }
    }

    void take(DataFrame chunk) {
        inbox.take(chunk);
    }

    /** Fails every wait, because the connection broke or the generation ended. */
    void fail(String reason) {
        inbox.fail(reason);
    }
}
