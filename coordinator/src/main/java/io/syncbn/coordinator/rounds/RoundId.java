package io.syncbn.coordinator.rounds;

import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.wire.FrameHeader;

/** Which sum, within a generation. */
record RoundId(long step, Kind kind, int index, int group) {

    static RoundId of(FrameHeader header) {
        return new RoundId(header.step(), header.kind(), header.index(), header.group());
    }

    /** Whether a step needs the sum to be committed. */
    boolean isOfStep() {
        return isWaitedFor() || kind == Kind.GRADIENTS;
    }

    boolean isWaitedFor() {
        return isWaitedFor(kind);
    }

    /** Whether a worker that has sent its part soon cannot go on with the step before the root comes. */
    static boolean isWaitedFor(Kind kind) {
        return kind == Kind.MOMENTS_FORWARD || kind == Kind.MOMENTS_BACKWARD || kind == Kind.COMMIT;
    }

    @Override
    public String toString() {
        return kind + " " + index + (group == 0 ? "" : " of group " + group) + " of step " + step;
    }
}
