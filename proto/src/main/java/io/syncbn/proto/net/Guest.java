package io.syncbn.proto.net;

import io.grpc.Attributes;
import io.grpc.ServerCall;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a server: a guest while nobody vouches for it, before the first voucher and after the last. Belongs
 * to the connection's event loop.
 */
public final class Guest extends ChannelInboundHandlerAdapter {
    static final Attributes.Key<Guest> KEY = Attributes.Key.create("syncbn-guest");

    /** A worker's Join takes a tenth of it. */
    private static final long MOST_BYTES = 16 * 1024;

    /** For a connection that was a worker's: frames of a generation that has ended may still arrive. */
    private static final long MOST_BYTES_AFTERWARDS = 16 * 1024 * 1024;

    private static final long MOST_SECONDS = 30;

    private final Channel connection;
    private final Guests guests;
    private long bytesLeft = MOST_BYTES;
    private int vouchers;
    private int visits;
    private ScheduledFuture<?> timeOver;
    private ChannelHandlerContext context;

    Guest(Channel connection, Guests guests) {
        this.connection = connection;
        this.guests = guests;
    }

    /** The connection of a call to a server that has guests. */
    public static Guest of(ServerCall<?, ?> call) {
        return call.getAttributes().get(KEY);
    }

    /** Called when a worker of the job has a stream on this connection: lifts its limits of bytes and time. */
    public void vouch() {
        vouchers++;
        if (vouchers == 1) {
            guests.went(this);
            timeOver.cancel(false);
        }
    }

    /** Called when that stream has ended. */
    public void vouchNoMore() {
        vouchers--;
        if (vouchers == 0 && connection.isActive()) {
            bytesLeft = MOST_BYTES_AFTERWARDS;
            guests.came(this);
            startClock();
        }
    }

    /** Called when a health check begins: the connection may stay meanwhile. */
    public void visit() {
        visits++;
    }

    /** Called when the health check is answered; the next one gets the same limits as the first. */
    public void visitIsOver() {
        visits--;
        if (vouchers == 0 && connection.isActive()) {
            timeOver.cancel(false);
            bytesLeft = MOST_BYTES;
            startClock();
        }
    }

    /**
     * Closes the connection at once, where HTTP/2 would wait for its streams to end. To them it looks like a broken
     * one.
     */
    public void hangUp() {
        context.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext same) {
        guests.came(this);
        startClock();
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext same) {
        guests.went(this);
        timeOver.cancel(false);
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext same, Object bytes) {
        if (vouchers == 0) {
            bytesLeft -= ((ByteBuf) bytes).readableBytes();
            if (bytesLeft < 0) {
                ReferenceCountUtil.release(bytes);
                turnAway("it sent more than a worker that introduces itself");
                return;
            }
        }
        guests.reads(this);
        context.fireChannelRead(bytes);
        guests.reads(null);
    }

    private void startClock() {
        timeOver = connection.eventLoop().schedule(this::timeIsOver, MOST_SECONDS, TimeUnit.SECONDS);
    }

    private void timeIsOver() {
        if (visits > 0) {
            startClock();
        } else {
            turnAway("nobody introduced himself within " + MOST_SECONDS + " s");
        }
    }

    void turnAway(String why) {
        if (connection.isActive()) {
            guests.turnedAway(connection, why);
            hangUp();
        }
    }
}
