package io.syncbn.deploy.chaos;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One direction of a worker's link, which all its connections share. Belongs to the proxies' event loop. */
final class TrafficShaper {
    /**
     * Smallest piece that is damaged. Smaller ones are control messages, which have no checksum but TCP's; damaging
     * them behind TCP's back would only test that.
     */
    static final int LEAST_DAMAGED_BYTES = 1024;

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<Condition> conditions = new ArrayList<>();
    private final Set<Pipe> pipes = new LinkedHashSet<>();
    private int toCorrupt;
    private int toDrop;

    /** When everything let through so far will have passed a throttled link. */
    private long freeNanos = Long.MIN_VALUE;

    void add(Pipe pipe) {
        pipes.add(pipe);
    }

    void remove(Pipe pipe) {
        pipes.remove(pipe);
    }

    void impose(Condition condition) {
        conditions.add(condition);
    }

    void lift(Condition condition) {
        conditions.remove(condition);
        List.copyOf(pipes).forEach(Pipe::pump);
    }

    void corruptNext() {
        toCorrupt++;
    }

    void dropNext() {
        toDrop++;
    }

    boolean isCut() {
        return conditions.stream().anyMatch(Condition::isCut);
    }

    /**
     * Damages or drops a piece, if that was asked for.
     *
     * @return whether it is to come through at all
     */
    boolean passes(ByteBuf piece) {
        if (piece.readableBytes() < LEAST_DAMAGED_BYTES) {
            return true;
        }
        if (toDrop > 0) {
            toDrop--;
            return false;
        }
        if (toCorrupt > 0) {
            toCorrupt--;
            int middle = piece.readerIndex() + piece.readableBytes() / 2;
            piece.setByte(middle, piece.getByte(middle) ^ 1);
        }
        return true;
    }

    /** When a piece that arrives now will be through. */
    long dueNanos(int bytes, long nowNanos) {
        long delayNanos = conditions.stream().mapToLong(Condition::delayNanos).sum();
        long bytesPerSecond =
                conditions.stream().mapToLong(Condition::bytesPerSecond).min().orElse(Long.MAX_VALUE);
        if (bytesPerSecond == Long.MAX_VALUE) {
            return nowNanos + delayNanos;
        }
        long beginNanos = freeNanos == Long.MIN_VALUE || freeNanos - nowNanos < 0 ? nowNanos : freeNanos;
        freeNanos = beginNanos + Math.multiplyExact(bytes, NANOS_PER_SECOND) / bytesPerSecond;
        return freeNanos + delayNanos;
    }
}
