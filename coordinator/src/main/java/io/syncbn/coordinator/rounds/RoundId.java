package io.syncbn.coordinator.rounds;

import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.wire.FrameHeader;

/** Which sum, within a generation. */
record RoundId(long step, Kind kind, int index, int group) {

    static RoundId of(FrameHeader header) {
        return new RoundId(header.step(), header.kind(), header.index(), header.group());
    }

    @Override
    public String toString() {
        return kind + " " + index + (group == 0 ? "" : " of group " + group) + " of step " + step;
    }
}
