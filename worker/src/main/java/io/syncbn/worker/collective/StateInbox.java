package io.syncbn.worker.collective;

import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Gathers the chunks of a state sent to this worker, in any order. Thread-safe. */
final class StateInbox {
    private final CompletableFuture<float[]> whole = new CompletableFuture<>();
    private final List<float[]> chunks = new ArrayList<>();
    private int missing;

    synchronized void take(DataFrame frame) {
        FrameHeader header = frame.header();
        if (chunks.isEmpty()) {
            chunks.addAll(Collections.nCopies(header.of(), null));
            missing = header.of();
        }
        if (header.index() >= chunks.size() || chunks.get(header.index()) != null) {
            return; // a duplicate
        }
        chunks.set(header.index(), frame.floats());
        if (--missing == 0) {
            whole.complete(joined());
        }
    }

    /** Completes with the state once all chunks have arrived. */
    CompletableFuture<float[]> whole() {
        return whole;
    }

    void fail(String reason) {
        whole.completeExceptionally(new AbandonedException(reason));
    }

    private float[] joined() {
        float[] joined =
                new float[chunks.stream().mapToInt(chunk -> chunk.length).sum()];
        int at = 0;
        for (float[] chunk : chunks) {
            System.arraycopy(chunk, 0, joined, at, chunk.length);
            at += chunk.length;
        }
        return joined;
    }
}
