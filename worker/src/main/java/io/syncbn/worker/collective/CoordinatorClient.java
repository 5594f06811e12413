package io.syncbn.worker.collective;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A worker's control stream: joins, sends heartbeats, hears of the end. What ends the job, ends every wait
 * of the {@link RemoteCollective} made from here.
 *
 * <p>Thread-safe; gRPC's threads deliver, the training thread waits.
 */
public final class CoordinatorClient implements AutoCloseable {
    /** How long a broken data stream waits for the coordinator's own words on why. */
    private static final long GRACE_MILLIS = 1500;
    /** How long a message of failure may take to leave. */
    private static final long DRAIN_MILLIS = 2000;

    private final Address address;
    /** For this stream, where a coordinator that is gone shows first, and for bulk. */
    private final EventLoopGroup loop;

    private final ManagedChannel channel;
    private final ScheduledExecutorService timer;
    private final CompletableFuture<Plan> plan = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<String> failure = new AtomicReference<>();
    private StreamObserver<FromWorker> toCoordinator;
    private volatile RemoteCollective collective;
    private volatile long joinedStep;
    private volatile boolean finished;
    private volatile boolean jobIsOver;

    private CoordinatorClient(Address address, EventLoopGroup loop, ManagedChannel channel) {
        this.address = address;
        this.loop = loop;
        this.channel = channel;
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        timer = executor;
    }

    /**
     * Connects, trying again until {@code patience} is over.
     *
     * @param address of the coordinator
     * @throws JobFailedException if nobody answers there
     */
    public static CoordinatorClient connect(Address address, Duration patience) {
        EventLoopGroup loop = Transport.eventLoop("coordinator-client");
        ManagedChannel channel = Channels.open(address, loop);
        if (!awaitConnected(channel, patience)) {
            channel.shutdownNow();
            loop.shutdownGracefully();
            throw new JobFailedException(
                    "no coordinator answers at " + address + "; tried for " + patience.toSeconds() + " s");
        }
        return new CoordinatorClient(address, loop, channel);
    }

    private static boolean awaitConnected(ManagedChannel channel, Duration patience) {
        try {
            Channels.whenConnected(channel).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /**
     * Joins the job and waits until all its workers have.
     *
     * @throws JobFailedException if the coordinator refuses, or the job fails before it begins
     */
    public Plan join(Join join) {
        toCoordinator = ControlGrpc.newStub(channel).attend(new FromCoordinator());
        send(FromWorker.newBuilder().setJoin(join).build());
        try {
            Plan received = plan.join();
            joinedStep = join.getStep();
            timer.scheduleAtFixedRate(
                    this::sendHeartbeat,
                    received.getHeartbeatMillis(),
                    received.getHeartbeatMillis(),
                    TimeUnit.MILLISECONDS);
            return received;
        } catch (CompletionException e) {
            throw new JobFailedException(e.getCause().getMessage());
        }
    }

    /** Opens the data streams. What is made here belongs to the calling thread. */
    public Collective collective(Plan received, int shards, int groupSize) {
        RemoteCollective streams =
                new RemoteCollective(address, loop, received, shards, groupSize, this::dataStreamBroke);
        collective = streams;
        if (failure.get() != null) {
            streams.fail(failure.get());
        }
        return streams;
    }

    /**
     * Says that this worker has done the last step, and waits until all have.
     *
     * @throws JobFailedException if the job fails after all, as when two workers end with different bits
     */
    public void finish(long step, String stateDigest) {
        finished = true;
        send(FromWorker.newBuilder()
                .setFinished(Finished.newBuilder().setStep(step).setStateDigest(stateDigest))
                .build());
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() != null) {
            throw new JobFailedException(failure.get());
        }
    }

    /** Says that this worker cannot go on, so that the job ends with its reason. */
    public void fail(String reason) {
        if (jobIsOver) {
            return; // for a reason that came first
        }
        send(FromWorker.newBuilder()
                .setFailed(Failed.newBuilder().setReason(reason))
                .build());
        try {
            ended.await(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendHeartbeat() {
        RemoteCollective streams = collective;
        long step = Math.max(joinedStep, streams == null ? 0 : streams.committedStep());
        send(FromWorker.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setStep(step))
                .build());
    }

    private synchronized void send(FromWorker message) {
        if (ended.getCount() > 0) {
            toCoordinator.onNext(message);
        }
    }

    private void dataStreamBroke(String reason) {
        timer.schedule(() -> jobFailed(reason), GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void jobFailed(String reason) {
        jobIsOver = true;
        failure.compareAndSet(null, reason); // the first stays
        plan.completeExceptionally(new JobFailedException(reason));
        RemoteCollective streams = collective;
        if (streams != null) {
            streams.fail(failure.get());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        channel.shutdownNow();
        loop.shutdownGracefully();
    }

    private final class FromCoordinator implements StreamObserver<ToWorker> {
        @Override
        public void onNext(ToWorker message) {
            switch (message.getMessageCase()) {
                case PLAN -> plan.complete(message.getPlan());
                case REFUSED -> jobFailed(message.getRefused().getReason());
                case ABORT -> jobFailed(message.getAbort().getReason());
                case MESSAGE_NOT_SET -> jobFailed("the coordinator sent a message that this version does not know");
            }
        }

        @Override
        public void onError(Throwable error) {
            Status status = Status.fromThrowable(error);
            jobFailed("the coordinator at " + address + " was lost: " + status.getCode()
                    + (status.getDescription() == null ? "" : ", " + status.getDescription()));
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            if (!finished) {
                jobFailed("the coordinator at " + address + " ended the connection before the job was done");
            }
            ended.countDown();
        }
    }
}
