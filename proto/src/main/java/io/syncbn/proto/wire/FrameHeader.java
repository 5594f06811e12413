package io.syncbn.proto.wire;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import java.util.Objects;

/**
 * Which node's value of which sum a frame holds; the fields of {@code syncbn.v1.Frame} before its checksum.
 *
 * @param generation number of the membership
 * @param step being computed, from 1; see {@link SumKind} for the sums that are not part of a step
 * @param kind what is summed
 * @param index of the normalization layer or of the chunk
 * @param group normalization group of moments, else 0
 * @param node of that group's tree, or of the tree over all shards
 * @param of number of chunks of the step's gradient, else 1
 */
public record FrameHeader(long generation, long step, SumKind kind, int index, int group, Node node, int of) {

    public FrameHeader {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(node);
        if (generation < 0 || step < 0 || index < 0 || group < 0 || of < 0) {
            throw new IllegalArgumentException("negative number in generation " + generation + ", step " + step
                    + ", index " + index + ", group " + group + ", of " + of);
        }
    }

    /** A copy with another kind. */
    public FrameHeader as(SumKind other) {
        return new FrameHeader(generation, step, other, index, group, node, of);
    }

    /** A copy for another node of the same sum. */
    public FrameHeader at(Node other) {
        return new FrameHeader(generation, step, kind, index, group, other, of);
    }

    @Override
    public String toString() {
        return "step " + step + ", " + kind + " " + index + " (generation " + generation + ")";
    }
}
