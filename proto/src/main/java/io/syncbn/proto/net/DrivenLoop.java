package io.syncbn.proto.net;

import io.grpc.ManagedChannel;
import io.netty.channel.ManualIoEventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An event loop without a thread: its owner, the thread that made it, runs it by waiting. The thread that waits for a
 * message also handles it, which saves a thread switch each way.
 *
 * <p>Belongs to its owner, except where a method mentions other threads. Connections stand still while the owner
 * computes, so keep-alive pings must not be used on them.
 */
public final class DrivenLoop implements AutoCloseable {
    /** How often a waiting owner checks whether it was interrupted. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Runnable NOTHING = () -> {};

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), Transport.ioHandlers());

    /** A channel on this loop, with its own connection, which is made when first used or awaited. */
    public ManagedChannel open(Address server) {
        return Channels.builder(server, loop).build();
    }

    /** Flushes pending sends at once. On another thread this does nothing: they leave as soon as the owner waits. */
    public void flush() {
        if (loop.inEventLoop()) {
            loop.runNonBlockingTasks(0);
        }
    }

    /** Handles what has arrived, without waiting. Does nothing on other threads. */
    public void look() {
        if (loop.inEventLoop()) {
            loop.runNow();
        }
    }

    /**
     * Waits. The owner runs the loop meanwhile; other threads only wait.
     *
     * @param done completed by the loop, or by another thread, which then calls {@link #wake}
     * @throws InterruptedException if the owner is interrupted
     */
    public void await(CompletableFuture<?> done) throws InterruptedException {
        if (loop.inEventLoop()) {
            while (!done.isDone()) {
                loop.run(LONGEST_WAIT_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } else {
            done.handle((value, failure) -> null).join();
        }
    }

    /** Makes a waiting owner check whether what it waits for is done. For any thread. */
    public void wake() {
        if (loop.inEventLoop()) {
            return;
        }
        try {
            loop.execute(NOTHING); // not wakeup(), which has no effect on an owner that is about to block
        } catch (RejectedExecutionException e) {
            // The loop was closed: nobody waits.
        }
    }

    /** Waits until a channel of this loop is connected; false if it is not within {@code patience}. */
    public boolean awaitConnected(ManagedChannel channel, Duration patience) throws InterruptedException {
        CompletableFuture<Boolean> connected = Channels.whenConnected(channel).thenApply(done -> true);
        loop.schedule(() -> connected.complete(false), patience.toNanos(), TimeUnit.NANOSECONDS);
        await(connected);
        return connected.join();
    }

    /** Closes a channel of this loop: when its calls have ended, or after {@code patience} at the latest. */
    public void close(ManagedChannel channel, Duration patience) {
        channel.shutdown();
        boolean[] late = {false};
        loop.schedule(() -> late[0] = true, patience.toNanos(), TimeUnit.NANOSECONDS);
        while (!channel.isTerminated() && !late[0]) {
            loop.run(LONGEST_WAIT_NANOS);
        }
        channel.shutdownNow();
        loop.runNow();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }
}
