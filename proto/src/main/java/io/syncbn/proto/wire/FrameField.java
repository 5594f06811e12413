package io.syncbn.proto.wire;

import io.syncbn.proto.v1.Frame;

/** Numbers of the fields of {@code syncbn.v1.Frame}. The first eight, the header, are varints. */
final class FrameField {
    private FrameField() {}

    static final int GENERATION = Frame.GENERATION_FIELD_NUMBER;
    static final int STEP = Frame.STEP_FIELD_NUMBER;
    static final int KIND = Frame.KIND_FIELD_NUMBER;
    static final int INDEX = Frame.INDEX_FIELD_NUMBER;
    static final int GROUP = Frame.GROUP_FIELD_NUMBER;
    static final int LEVEL = Frame.LEVEL_FIELD_NUMBER;
    static final int POSITION = Frame.POSITION_FIELD_NUMBER;
    static final int OF = Frame.OF_FIELD_NUMBER;
    static final int CRC32C = Frame.CRC32C_FIELD_NUMBER;
    static final int PAYLOAD = Frame.PAYLOAD_FIELD_NUMBER;
}
