/**
 * Frames: how sums travel, without a copy through {@code ByteString}.
 *
 * <p>{@link io.syncbn.proto.wire.DataFrame} is {@code syncbn.v1.Frame} in memory: a header and an array of numbers.
 * {@link io.syncbn.proto.wire.FrameMarshaller} writes and reads exactly the bytes that {@code reduction.proto} defines,
 * and rejects any frame whose length or checksum is wrong. {@link io.syncbn.proto.wire.ReductionMethods} are the two
 * calls of the Reduction service with this marshaller.
 */
package io.syncbn.proto.wire;
