package io.syncbn.worker.collective;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.v1.Committed;
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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A worker's control stream: joins, sends heartbeats, hears of commits and of the end. What ends the job, ends every wait
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
    private final ManagedChannel channel;
    private final ScheduledExecutorService timer;
    private final CompletableFuture<Plan> plan = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CommitWatch commits = new CommitWatch();
    private StreamObserver<FromWorker> toCoordinator;
    private volatile RemoteCollective collective;
    private volatile boolean finished;
    private volatile boolean jobIsOver;

    private CoordinatorClient(Address address, ManagedChannel channel) {
        this.address = address;
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
        ManagedChannel channel = Channels.open(address);
        if (!awaitReady(channel, patience)) {
            channel.shutdownNow();
            throw new JobFailedException(
                    "no coordinator answers at " + address + "; tried for " + patience.toSeconds() + " s");
        }
        return new CoordinatorClient(address, channel);
    }

    private static boolean awaitReady(ManagedChannel channel, Duration patience) {
        CountDownLatch ready = new CountDownLatch(1);
        watch(channel, ready);
        try {
            return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void watch(ManagedChannel channel, CountDownLatch ready) {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.READY) {
            ready.countDown();
        } else if (state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, () -> watch(channel, ready));
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
            commits.begin(join.getStep());
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

    /** Opens the data streams. */
    public Collective collective(Plan received, int shards, int groupSize) {
        collective = new RemoteCollective(address, received, shards, groupSize, commits, this::dataStreamBroke);
        commits.failure().ifPresent(collective::fail);
        return collective;
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
        commits.failure().ifPresent(reason -> {
            throw new JobFailedException(reason);
        });
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
        send(FromWorker.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setStep(commits.step()))
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
        commits.fail(reason);
        plan.completeExceptionally(new JobFailedException(reason));
        RemoteCollective streams = collective;
        if (streams != null) {
            streams.fail(commits.failure().orElse(reason));
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        channel.shutdownNow();
    }

    private final class FromCoordinator implements StreamObserver<ToWorker> {
        @Override
        public void onNext(ToWorker message) {
            switch (message.getMessageCase()) {
                case PLAN -> plan.complete(message.getPlan());
                case COMMITTED -> committed(message.getCommitted());
                case REFUSED -> jobFailed(message.getRefused().getReason());
                case ABORT -> jobFailed(message.getAbort().getReason());
                case MESSAGE_NOT_SET -> jobFailed("the coordinator sent a message that this version does not know");
            }
        }

        private void committed(Committed committed) {
            commits.committed(committed.getStep());
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
