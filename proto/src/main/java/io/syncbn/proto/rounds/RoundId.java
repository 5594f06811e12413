package io.syncbn.proto.rounds;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.wire.FrameHeader;

/** Identifies a sum within a generation. */
public record RoundId(long step, SumKind kind, int index, int group) {

    public static RoundId of(FrameHeader header) {
        return new RoundId(header.step(), header.kind(), header.index(), header.group());
    }

    @Override
    public String toString() {
        return kind + " " + index + (group == 0 ? "" : " of group " + group) + " of step " + step;
    }
}
