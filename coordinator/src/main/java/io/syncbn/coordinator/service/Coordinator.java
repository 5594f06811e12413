package io.syncbn.coordinator.service;

import io.grpc.Status;
import io.syncbn.coordinator.journal.Journal;
import io.syncbn.coordinator.membership.Decision;
import io.syncbn.coordinator.membership.Decisions;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Event;
import io.syncbn.coordinator.membership.Member;
import io.syncbn.coordinator.membership.Membership;
import io.syncbn.coordinator.membership.Recovered;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.rounds.RoundEffect;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.wire.DataFrame;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * All state of a job's coordinator, and the only place where effects are carried out. Belongs to the server's event
 * loop.
 *
 * <p>Passes each event to {@link Membership} or the {@link Reducer} and carries out the effects; the only decision of
 * its own is who may open a data stream. Any other kind of streams and clock can drive it as gRPC does: {@code opened},
 * {@code received}, {@code closed} and so on, and {@link #tick} ten times a second.
 */
public final class Coordinator {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    /** How long effects may wait for the journal. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * How long a restarted coordinator of a finished job waits for workers that do not know yet that the job is done.
     */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final LongSupplier nanoClock;
    private final CoordinatorMetrics metrics;
    private final Announcer announcer;
    private final Map<Long, ControlStream> controls = new HashMap<>();
    private final DataStreams data = new DataStreams();
    private final Reducer reducer;
    /** Streams from which no further frame is requested until all targets have taken what they sent. */
    private final List<DataStream> heldBack = new ArrayList<>();

    private final EffectQueue effects = new EffectQueue(this::carryOut);
    private Membership membership;
    /** How the job ended before this coordinator was started, if it did. */
    private final Optional<Effect.Succeed> doneBefore;

    private final long startedNanos;
    private final CompletableFuture<Effect.Last> end = new CompletableFuture<>();

    /**
     * @param recovered what is known about the job from before a restart
     * @param nanoClock monotonic
     * @param journal receives all that must survive a restart; later effects wait until it has kept it
     * @param spectator sees what happens
     */
    public Coordinator(
            Rules rules,
            int groupSize,
            Recovered recovered,
            LongSupplier nanoClock,
            CoordinatorMetrics metrics,
            Journal journal,
            Spectator spectator) {
        this.nanoClock = nanoClock;
        this.metrics = metrics;
        doneBefore = recovered.done();
        startedNanos = nanoClock.getAsLong();
        announcer = new Announcer(metrics, journal, spectator, nanoClock);
        reducer = new Reducer(groupSize, rules.patience(), rules.limits().untakenBytes(), nanoClock.getAsLong());
        membership = Membership.begin(rules, recovered, nanoClock.getAsLong());
        if (!recovered.equals(Recovered.NOTHING)) {
            announcer.restarted(membership);
        }
    }

    /** How the job ended; completes once it is over and every worker has been told. */
    public CompletableFuture<Effect.Last> end() {
        return end;
    }

    /** The present state of the membership. */
    public Membership membership() {
        return membership;
    }

    /** Runs a task caused from outside. A bug of ours fails the job, rather than only a stream or a timer. */
    public void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a mistake in the coordinator", e);
            failFor("a mistake in the coordinator: " + e);
        }
    }

    /** As {@link #fail}; if even that throws, ends the job anyway instead of hanging forever. */
    private void failFor(String mistake) {
        try {
            fail(mistake);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "another one, while the job was to fail of it", e);
            end.complete(new Effect.Fail(mistake));
        }
    }

    /** Time has passed. */
    public void tick() {
        if (!effects.isPaused()) { // else some workers may not have been told yet what is expected of them
            happened(new Event.Tick());
        }
        announcer.tick(membership);
        long nowNanos = nanoClock.getAsLong();
        endPause(nowNanos);
        if (doneBefore.isPresent() && nowNanos - startedNanos >= LATE_NANOS && !end.isDone()) {
            endWith(doneBefore.get());
        }
        reducer.overdue(nowNanos).ifPresent(this::happened);
        reducer.notTaking(data.full(nowNanos), data.untakenBytes(), nowNanos).ifPresent(this::happened);
        goOnReceiving();
    }

    /** Ends the job at the next commit, at the user's request. */
    public void requestStop(String reason) {
        happened(new Event.StopRequested(reason));
    }

    /** Fails the job for a reason outside its workers. */
    public void fail(String reason) {
        happened(new Event.Failed(reason));
    }

    /** A worker has opened a control stream. */
    public void opened(ControlStream stream) {
        controls.put(stream.connection(), stream);
    }

    /** A worker has sent a message; ignored if its stream has ended. */
    public void received(ControlStream stream, FromWorker raw) {
        if (controls.get(stream.connection()) != stream) {
            return;
        }
        FromWorker message = CleanTexts.of(raw);
        long connection = stream.connection();
        announcer.received(membership, connection, message);
        switch (message.getMessageCase()) {
            case JOIN -> happened(new Event.Joined(connection, message.getJoin()));
            case HEARTBEAT ->
                happened(new Event.Heard(connection, message.getHeartbeat().getStep()));
            case READY -> ready(connection, message.getReady());
            case DAMAGED ->
                damaged(
                        connection,
                        message.getDamaged().getGeneration(),
                        message.getDamaged().getReason());
            case RESTORED ->
                happened(new Event.Restored(
                        connection,
                        message.getRestored().getStep(),
                        message.getRestored().getIsFromCheckpoint()));
            case LEAVE ->
                happened(new Event.Leaving(connection, message.getLeave().getReason()));
            case FAILED -> failed(connection, message.getFailed());
            case FINISHED -> happened(new Event.WorkerFinished(connection, message.getFinished()));
            case MESSAGE_NOT_SET ->
                happened(new Event.Misbehaved(connection, "it sent a message that this coordinator does not know"));
        }
    }

    private void failed(long connection, Failed failed) {
        boolean isOfJob = failed.getCause() != Failed.Cause.WORKER;
        if (membership.hasMember(connection)) {
            metrics.workerFailed(isOfJob, failed.getFault());
        }
        happened(new Event.WorkerFailed(connection, isOfJob, failed.getFault(), failed.getReason()));
    }

    /** Whether this is the control stream of a member, or of a worker that waits to take over a member's name. */
    public boolean isTakenIn(ControlStream stream) {
        long connection = stream.connection();
        return membership.hasMember(connection)
                || membership.comers().stream().anyMatch(comer -> comer.connection() == connection);
    }

    /** Whether this is a data stream of the present generation. */
    public boolean isOpen(DataStream stream) {
        return data.isOpen(stream);
    }

    /** The worker will send no more: it has ended the stream, or its connection has closed. */
    public void closed(ControlStream stream) {
        happened(new Event.ControlClosed(stream.connection()));
        if (controls.remove(stream.connection()) != null) {
            stream.end();
        }
    }

    /** Waits for the worker's data streams, which have connections of their own. */
    private void ready(long connection, Ready ready) {
        Optional<Member> seated = membership.members().stream()
                .filter(member -> member.connection() == connection && member.isSeated())
                .findFirst();
        if (seated.isPresent() && ready.getGeneration() == membership.generation()) {
            data.whenAllAreOpen(seated.get().seat(), () -> happened(new Event.BecameReady(connection, ready)));
        }
    }

    /** A worker has opened a data stream. */
    public void opened(DataStream stream) {
        Optional<Status> refusal = data.add(stream, membership);
        if (refusal.isPresent()) {
            LOG.log(Level.DEBUG, "refused a stream: {0}", refusal.get().getDescription());
            stream.close(refusal.get());
        }
    }

    public void received(DataStream stream, DataFrame frame) {
        if (!data.isOpen(stream)) {
            return;
        }
        metrics.received(stream.kind(), frame.payload().bytes());
        SumKind kind = frame.header().kind();
        List<RoundEffect> effects = kind.stream() == stream.kind()
                ? reducer.offer(stream.generation(), stream.worker(), frame, nanoClock.getAsLong())
                : List.of(new RoundEffect.Refused(
                        List.of(stream.worker()), frame.header() + ": came on the stream of " + stream.kind()));
        effects.forEach(this::carryOut);
        if (kind == SumKind.STATE) {
            heldBack.add(stream);
            goOnReceiving();
        } else {
            stream.receiveNext();
        }
    }

    /** A worker has taken what was sent to it on a data stream. */
    public void ready(DataStream stream) {
        if (!heldBack.isEmpty()) {
            goOnReceiving();
        }
    }

    /**
     * Requests more of a state only once its targets have taken what has arrived: otherwise all of it would pile up
     * here.
     */
    private void goOnReceiving() {
        if (!heldBack.isEmpty() && data.haveTaken(SumKind.STATE.stream(), reducer.stateTargets())) {
            List<DataStream> senders = List.copyOf(heldBack);
            heldBack.clear();
            senders.forEach(DataStream::receiveNext);
        }
    }

    private void carryOut(RoundEffect effect) {
        if (effect instanceof RoundEffect.Send send) {
            SumKind kind = send.frame().header().kind();
            metrics.roundCompleted(kind);
            int sent = data.send(kind.stream(), send.workers(), send.frame());
            metrics.sent(kind.stream(), (long) sent * send.frame().payload().bytes());
        } else if (effect instanceof RoundEffect.Committed committed) {
            Reducer.Pace pace = reducer.committed(committed, nanoClock.getAsLong());
            announcer.stepped(membership.generation(), committed.step(), pace);
            happened(new Event.StepCommitted(committed.step()));
            pace.events().forEach(this::happened);
        } else if (effect instanceof RoundEffect.BackupWon) {
            metrics.backupWon();
        } else if (effect instanceof RoundEffect.Ignored) {
            metrics.frameIgnored();
        } else if (effect instanceof RoundEffect.Refused refused) {
            metrics.frameRefused();
            refused.workers().stream()
                    .map(membership::seated)
                    .flatMap(Optional::stream)
                    .forEach(member -> happened(new Event.Misbehaved(member.connection(), refused.reason())));
        }
    }

    /** An invalid frame arrived, or one damaged in transit. */
    public void damaged(DataStream stream, Status status) {
        if (data.remove(stream)) {
            stream.close(status);
            damaged(stream, status.getDescription() + ", from ", "");
        }
    }

    /** The worker has ended a data stream: it has nothing more to send. */
    public void ended(DataStream stream) {
        stream.close(Status.OK);
        data.remove(stream);
    }

    /** A data stream's connection has closed. */
    public void broken(DataStream stream) {
        if (data.remove(stream)) {
            damaged(stream, "", "'s connection for " + stream.kind() + " broke");
        }
    }

    private void damaged(DataStream stream, String before, String after) {
        membership
                .seated(stream.worker())
                .ifPresent(member -> damaged(
                        member.connection(), stream.generation(), before + membership.describe(member) + after));
    }

    private void damaged(long connection, long ofGeneration, String reason) {
        metrics.damaged();
        happened(new Event.Damaged(connection, ofGeneration, reason));
    }

    /**
     * Decides on an event. This may be called while an effect is being carried out: the decision is made at once, and
     * its effects are carried out after those already due. Decisions nest, effects queue.
     */
    private void happened(Event event) {
        Decision decision = Decisions.on(membership, nanoClock.getAsLong(), event);
        membership = decision.next();
        metrics.membership(membership);
        effects.add(decision.effects());
    }

    private void carryOut(Effect effect) {
        if (effect instanceof Effect.Send send) {
            Optional.ofNullable(controls.get(send.connection())).ifPresent(stream -> stream.send(send.message()));
        } else if (effect instanceof Effect.End ended) {
            Optional.ofNullable(controls.remove(ended.connection())).ifPresent(ControlStream::end);
        } else if (effect instanceof Effect.EndGeneration over) {
            if (reducer.end()) {
                metrics.stepAbandoned();
            }
            data.closeAll(Status.ABORTED.withDescription("generation " + over.generation() + " has ended"));
        } else if (effect instanceof Effect.Relay relay) {
            reducer.relay(membership.assignment().orElseThrow(), relay);
        } else if (effect instanceof Effect.BeginGeneration begin) {
            reducer.begin(begin, nanoClock.getAsLong());
        } else if (effect instanceof Effect.EndWithStep) {
            reducer.endWithStep();
        } else if (effect instanceof Effect.Note note) {
            announce(note);
        } else if (effect instanceof Effect.Last last) {
            endWith(last);
        } else {
            throw new IllegalArgumentException("an effect that nobody carries out: " + effect);
        }
    }

    private void announce(Effect.Note note) {
        if (note.isToBeKept()) {
            announcer.say(note, effects.pause(nanoClock.getAsLong()));
        } else {
            announcer.say(note);
        }
    }

    /** Treats a disk that hangs for too long as one that cannot be written to. */
    private void endPause(long nowNanos) {
        if (effects.isPausedLongerThan(LONGEST_PAUSE_NANOS, nowNanos)) {
            LOG.log(
                    Level.ERROR,
                    "what happens cannot be written down: that was waited for for {0} s; the job goes on, but could not if"
                            + " the coordinator were started again",
                    TimeUnit.NANOSECONDS.toSeconds(LONGEST_PAUSE_NANOS));
            effects.resume();
        }
    }

    /** Ends the control streams after their last message. Unless the job has failed, workers end the data streams. */
    private void endWith(Effect.Last last) {
        if (last instanceof Effect.Fail fail) {
            data.closeAll(Status.ABORTED.withDescription(fail.reason()));
        }
        controls.values().forEach(ControlStream::end);
        end.complete(last);
    }
}
