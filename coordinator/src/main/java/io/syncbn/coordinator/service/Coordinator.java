package io.syncbn.coordinator.service;

import io.grpc.Status;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Event;
import io.syncbn.coordinator.membership.Membership;
import io.syncbn.coordinator.membership.Phase;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.rounds.RoundEffect;
import io.syncbn.coordinator.rounds.Rounds;
import io.syncbn.proto.v1.Abort;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Refused;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * All state of a job's coordinator, and the one place where effects are carried out. Belongs to the server's event loop.
 *
 * <p>Asks {@link Membership} and {@link Rounds} what follows from what came, and does it; decides nothing itself but who may
 * open a data stream.
 */
public final class Coordinator {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    private final int groupSize;
    private final LongSupplier nanoClock;
    private final CoordinatorMetrics metrics;
    private final Map<Long, ControlStream> controls = new HashMap<>();
    private final Map<StreamKind, Map<Integer, DataStream>> data = new EnumMap<>(StreamKind.class);
    private Membership membership;
    private Rounds rounds;
    private long lastCommitNanos;
    private final CompletableFuture<Effect> end = new CompletableFuture<>();

    public Coordinator(Rules rules, int groupSize, LongSupplier nanoClock, CoordinatorMetrics metrics) {
        this.groupSize = groupSize;
        this.nanoClock = nanoClock;
        this.metrics = metrics;
        this.membership = Membership.begin(rules, nanoClock.getAsLong());
        for (StreamKind kind : StreamKind.values()) {
            data.put(kind, new HashMap<>());
        }
    }

    /** {@link Effect.Succeed} or {@link Effect.Fail}, once the job is over and every worker was told. */
    public CompletableFuture<Effect> end() {
        return end;
    }

    /** Runs what was caused from outside. A mistake of ours ends the job, and not only a stream or a timer. */
    public void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a mistake in the coordinator", e);
            stop("a mistake in the coordinator: " + e);
        }
    }

    /** Time has passed. */
    public void tick() {
        happened(new Event.Tick());
    }

    /** Ends the job for a reason that is not a worker's. */
    public void stop(String reason) {
        happened(new Event.Stopped(reason));
    }

    void opened(ControlStream stream) {
        controls.put(stream.connection(), stream);
    }

    void received(ControlStream stream, FromWorker message) {
        long connection = stream.connection();
        happened(
                switch (message.getMessageCase()) {
                    case JOIN -> new Event.Joined(connection, message.getJoin());
                    case HEARTBEAT -> new Event.Heard(connection);
                    case FAILED ->
                        new Event.WorkerFailed(connection, message.getFailed().getReason());
                    case FINISHED -> new Event.WorkerFinished(connection, message.getFinished());
                    case MESSAGE_NOT_SET ->
                        new Event.WorkerFailed(connection, "sent a message that this coordinator does not know");
                });
    }

    /** The worker will send no more: it has ended the stream, or its connection has closed. */
    void closed(ControlStream stream) {
        happened(new Event.ControlClosed(stream.connection()));
        if (!membership.hasMember(stream.connection())) {
            stream.end();
            controls.remove(stream.connection());
        }
    }

    void opened(DataStream stream) {
        Optional<Status> refusal = refusal(stream);
        if (refusal.isPresent()) {
            LOG.log(Level.WARNING, "refused a stream: {0}", refusal.get().getDescription());
            stream.close(refusal.get());
        } else {
            data.get(stream.kind()).put(stream.worker(), stream);
        }
    }

    private Optional<Status> refusal(DataStream stream) {
        String name = "worker " + stream.worker() + "'s stream of " + stream.kind();
        if (membership.phase() != Phase.RUNNING || stream.generation() != membership.generation()) {
            return Optional.of(Status.FAILED_PRECONDITION.withDescription(name + " is of generation "
                    + stream.generation() + ", expected " + membership.generation() + " (" + membership.phase() + ")"));
        }
        if (stream.worker() < 0 || stream.worker() >= membership.members().size()) {
            return Optional.of(Status.INVALID_ARGUMENT.withDescription(
                    name + ": expected a worker below " + membership.members().size()));
        }
        if (data.get(stream.kind()).containsKey(stream.worker())) {
            return Optional.of(Status.ALREADY_EXISTS.withDescription(name + " is open already"));
        }
        return Optional.empty();
    }

    void received(DataStream stream, DataFrame frame) {
        if (stream.isClosed() || membership.phase() != Phase.RUNNING) {
            return;
        }
        metrics.received(stream.kind(), frame.payload().bytes());
        if (StreamKind.of(frame.header().kind()) != stream.kind()) {
            refuse(
                    stream,
                    frame.header() + ": came on the stream of " + stream.kind() + " from "
                            + membership.describe(stream.worker()));
            return;
        }
        for (RoundEffect effect : rounds.offer(stream.worker(), frame)) {
            if (effect instanceof RoundEffect.SendRoot send) {
                sendRoot(send);
            } else if (effect instanceof RoundEffect.Committed committed) {
                long now = nanoClock.getAsLong();
                metrics.stepTook(now - lastCommitNanos);
                lastCommitNanos = now;
                happened(new Event.StepCommitted(committed.step()));
            } else if (effect instanceof RoundEffect.Refused refused) {
                refuse(stream, refused.reason());
            }
        }
        stream.receiveNext();
    }

    private void sendRoot(RoundEffect.SendRoot send) {
        StreamKind kind = StreamKind.of(send.root().header().kind());
        metrics.roundCompleted(send.root().header().kind());
        for (int worker : send.workers()) {
            DataStream stream = data.get(kind).get(worker);
            if (stream != null) {
                stream.send(send.root());
                metrics.sent(kind, send.root().payload().bytes());
            }
        }
    }

    /** A frame came that is none, or was damaged on its way. */
    void damaged(DataStream stream, Status status) {
        if (!stream.isClosed() && membership.phase() == Phase.RUNNING) {
            metrics.frameRefused();
            stream.close(status);
            stop(status.getDescription() + ", from " + membership.describe(stream.worker()));
        }
    }

    private void refuse(DataStream stream, String reason) {
        metrics.frameRefused();
        stream.close(Status.FAILED_PRECONDITION.withDescription(reason));
        stop(reason);
    }

    /** The worker has ended a data stream: it has nothing more to sum. */
    void ended(DataStream stream) {
        stream.close(Status.OK);
        data.get(stream.kind()).remove(stream.worker(), stream);
    }

    /** A data stream's connection has closed. */
    void broken(DataStream stream) {
        if (data.get(stream.kind()).remove(stream.worker(), stream)) {
            happened(new Event.DataBroken(
                    stream.generation(), stream.worker(), stream.kind().toString()));
        }
    }

    private void happened(Event event) {
        Membership.Decision decision = membership.on(nanoClock.getAsLong(), event);
        membership = decision.next();
        metrics.membership(membership.members().size(), membership.generation(), membership.committedStep());
        decision.effects().forEach(this::carryOut);
    }

    private void carryOut(Effect effect) {
        if (effect instanceof Effect.Log log) {
            LOG.log(Level.INFO, log.text());
        } else if (effect instanceof Effect.BeginGeneration begin) {
            rounds = new Rounds(begin.assignment(), groupSize, begin.committedStep());
            lastCommitNanos = nanoClock.getAsLong();
        } else if (effect instanceof Effect.SendPlan send) {
            send(send.connection(), ToWorker.newBuilder().setPlan(send.plan()));
        } else if (effect instanceof Effect.Refuse refuse) {
            send(
                    refuse.connection(),
                    ToWorker.newBuilder().setRefused(Refused.newBuilder().setReason(refuse.reason())));
            Optional.ofNullable(controls.remove(refuse.connection())).ifPresent(ControlStream::end);
        } else if (effect instanceof Effect.Abort abort) {
            send(
                    abort.connection(),
                    ToWorker.newBuilder().setAbort(Abort.newBuilder().setReason(abort.reason())));
        } else if (effect instanceof Effect.Fail fail) {
            LOG.log(Level.ERROR, "the job failed: {0}", fail.reason());
            Status status = Status.ABORTED.withDescription(fail.reason());
            data.values().forEach(streams -> streams.values().forEach(stream -> stream.close(status)));
            endWith(fail);
        } else if (effect instanceof Effect.Succeed succeed) {
            LOG.log(Level.INFO, "the job is done after step {0}", Long.toString(succeed.step()));
            endWith(succeed);
        }
    }

    private void send(long connection, ToWorker.Builder message) {
        ControlStream stream = controls.get(connection);
        if (stream != null) {
            stream.send(message.build());
        }
    }

    /** Ends the control streams after their last message. Data streams of a job that went well are the workers' to end. */
    private void endWith(Effect last) {
        controls.values().forEach(ControlStream::end);
        end.complete(last);
    }
}
