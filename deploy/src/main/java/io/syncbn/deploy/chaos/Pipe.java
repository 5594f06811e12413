package io.syncbn.deploy.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Carries the bytes of one connection in one direction, as its {@link TrafficShaper} lets them through: in order, and the end of the
 * connection after the last of them. Belongs to the proxies' event loop.
 */
final class Pipe extends ChannelInboundHandlerAdapter {
    /** Bytes that may wait here; beyond that, reading from the sender stops. */
    private static final int MOST_WAITING_BYTES = 1 << 20;

    private final TrafficShaper lane;
    private final Deque<Piece> waiting = new ArrayDeque<>();
    private Channel from;
    private Channel to;
    private Pipe opposite;
    private int waitingBytes;
    private boolean isPumpDue;
    private boolean isClosed;

    /** @param bytes null for the end */
    private record Piece(ByteBuf bytes, long dueNanos) {}

    Pipe(TrafficShaper lane) {
        this.lane = lane;
        lane.add(this);
    }

    /** Connects it to the channel that its bytes go to, and to the pipe of the other direction. */
    void leadTo(Channel channel, Pipe back) {
        to = channel;
        opposite = back;
        pump();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        from = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!lane.passes(bytes)) {
            bytes.release();
            return;
        }
        waitingBytes += bytes.readableBytes();
        add(new Piece(bytes, lane.dueNanos(bytes.readableBytes(), System.nanoTime())));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        add(new Piece(null, lane.dueNanos(0, System.nanoTime())));
    }

    /** A connection that breaks has ended; {@link #channelInactive} follows. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (opposite != null) {
            opposite.pump();
        }
    }

    private void add(Piece piece) {
        if (isClosed) {
            if (piece.bytes() != null) {
                piece.bytes().release();
            }
            return;
        }
        waiting.add(piece);
        pump();
    }

    /** Lets through what is due. What came earlier goes first, even if the link has become faster since. */
    void pump() {
        if (to == null || isClosed) {
            return;
        }
        while (!waiting.isEmpty() && !lane.isCut() && !isClosed) {
            long waitNanos = waiting.peek().dueNanos() - System.nanoTime();
            if (waitNanos > 0) {
                pumpLater(waitNanos);
                break;
            }
            letThrough(waiting.remove());
        }
        to.flush();
        if (from != null) {
            from.config().setAutoRead(waitingBytes < MOST_WAITING_BYTES && to.isWritable());
        }
    }

    private void pumpLater(long waitNanos) {
        if (!isPumpDue) {
            isPumpDue = true;
            Runnable pump = () -> {
                isPumpDue = false;
                pump();
            };
            to.eventLoop().schedule(pump, waitNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void letThrough(Piece piece) {
        if (piece.bytes() == null) {
            to.flush();
            close();
        } else {
            waitingBytes -= piece.bytes().readableBytes();
            to.write(piece.bytes());
        }
    }

    /** Ends the connection in both directions. */
    void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        lane.remove(this);
        waiting.stream().filter(piece -> piece.bytes() != null).forEach(piece -> piece.bytes()
                .release());
        waiting.clear();
        if (from != null) {
            from.close();
        }
        if (to != null) {
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
        if (opposite != null) {
            opposite.close();
        }
    }
}
