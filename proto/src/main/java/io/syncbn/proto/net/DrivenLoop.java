package io.syncbn.proto.net;

import io.grpc.ManagedChannel;
import io.netty.channel.ManualIoEventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An event loop without a thread: whoever made it runs it, by waiting. What arrives is then handled by the thread that
 * waits for it, which saves a change of threads each way.
 *
 * <p>Belongs to the thread that made it; what is said of other threads is said. Connections stand still while their owner
 * computes, so they must not be asked whether they live.
 */
public final class DrivenLoop implements AutoCloseable {
    /** So often a waiting owner looks whether it was interrupted. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Runnable NOTHING = () -> {};

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), Transport.ioHandlers());

    /** A channel on this loop, with a connection of its own, made when first used or awaited. */
    public ManagedChannel open(Address server) {
        return Channels.builder(server, loop).build();
    }

    /** Lets what was sent leave at once. On another thread it leaves by itself as soon as the owner waits. */
    public void flush() {
        if (loop.inEventLoop()) {
            loop.runNonBlockingTasks(0);
        }
    }

    /** Handles what has arrived, without waiting. Other threads leave that to the owner. */
    public void look() {
        if (loop.inEventLoop()) {
            loop.runNow();
        }
    }

    /**
     * Waits. The owner runs the loop meanwhile, other threads just wait.
     *
     * @param done completed by the loop, or by another thread which calls {@link #wake} then
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

    /** Makes a waiting owner look whether what it waits for is done. For any thread. */
    public void wake() {
        if (loop.inEventLoop()) {
            return;
        }
        try {
            loop.execute(NOTHING); // and not wakeup(), which is lost on an owner that is just about to block
        } catch (RejectedExecutionException e) {
            // The loop was closed: nobody waits.
        }
    }

    /** Waits until a channel of this loop is connected; false if it is not after that time. */
    public boolean awaitConnected(ManagedChannel channel, Duration patience) throws InterruptedException {
        CompletableFuture<Boolean> connected = Channels.whenConnected(channel).thenApply(done -> true);
        loop.schedule(() -> connected.complete(false), patience.toNanos(), TimeUnit.NANOSECONDS);
        await(connected);
        return connected.join();
    }

    /** Ends a channel of this loop: when its calls have ended, or else after that time. */
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
