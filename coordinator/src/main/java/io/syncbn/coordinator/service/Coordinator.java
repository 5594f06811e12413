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
 * All state of a job's coordinator, and the one place where effects are carried out. Belongs to the server's event loop.
 *
 * <p>Asks {@link Membership} and the {@link Reducer} what follows from what came, and does it; decides nothing
 * itself but who may open a data stream. Whoever has streams of another make, and a clock of its own, can drive it as gRPC
 * does: {@code opened}, {@code received}, {@code closed} and so on, and {@link #tick} ten times a second.
 */
public final class Coordinator {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    /** For so long what was decided may wait for the journal. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** For so long workers may come back to a job that was done before, and have not heard of it. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final LongSupplier nanoClock;
    private final CoordinatorMetrics metrics;
    private final Announcer announcer;
    private final Map<Long, ControlStream> controls = new HashMap<>();
    private final DataStreams data = new DataStreams();
    private final Reducer reducer;
    /** Those of which no more is asked for, as what they sent has not been taken by all. */
    private final List<DataStream> heldBack = new ArrayList<>();

    private final EffectQueue effects = new EffectQueue(this::carryOut);
    private Membership membership;
    /** How the job had ended before this coordinator was started, if it had. */
    private final Optional<Effect.Succeed> doneBefore;

    private final long startedNanos;
    private final CompletableFuture<Effect.Last> end = new CompletableFuture<>();

    /**
     * @param recovered what is known of the job from before a restart
     * @param nanoClock monotonic
     * @param journal is given all that is to be remembered over a restart; what follows waits until it has kept it
     */
    public Coordinator(
            Rules rules,
            int groupSize,
            Recovered recovered,
            LongSupplier nanoClock,
            CoordinatorMetrics metrics,
            Journal journal) {
        this.nanoClock = nanoClock;
        this.metrics = metrics;
        doneBefore = recovered.done();
        startedNanos = nanoClock.getAsLong();
        announcer = new Announcer(metrics, journal, nanoClock);
        reducer = new Reducer(groupSize, rules.patience(), rules.limits().untakenBytes(), nanoClock.getAsLong());
        membership = Membership.begin(rules, recovered, nanoClock.getAsLong());
        if (!recovered.equals(Recovered.NOTHING)) {
            announcer.restarted(membership);
        }
    }

    /** How the job ended, once it is over and every worker was told. */
    public CompletableFuture<Effect.Last> end() {
        return end;
    }

    /** The state of the membership now. */
    public Membership membership() {
        return membership;
    }

    /** Runs what was caused from outside. A mistake of ours ends the job, and not only a stream or a timer. */
    public void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a mistake in the coordinator", e);
            failFor("a mistake in the coordinator: " + e);
        }
    }

    /** As {@link #fail}; and if not even that can be done, the job ends all the same, instead of standing still for ever. */
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
        if (!effects.isPaused()) { // else there may be workers that have not been told yet what is expected of them
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

    /** Lets the job end at the next commit, because the user wants it. */
    public void requestStop(String reason) {
        happened(new Event.StopRequested(reason));
    }

    /** Ends the job for a reason that is not a worker's. */
    public void fail(String reason) {
        happened(new Event.Failed(reason));
    }

    /** A worker has opened a control stream. */
    public void opened(ControlStream stream) {
        controls.put(stream.connection(), stream);
    }

    /** A message of a worker; one on a stream that has ended says nothing any more. */
    public void received(ControlStream stream, FromWorker raw) {
        if (controls.get(stream.connection()) != stream) {
            return;
        }
        FromWorker message = CleanTexts.of(raw);
        long connection = stream.connection();
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

    /** Whether this is the control stream of a worker that was taken in, or that waits for the place of its former self. */
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

    /** Waits for the worker's data streams, which come on connections of their own. */
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

    /** A worker has taken what was sent to it on a stream. */
    public void ready(DataStream stream) {
        if (!heldBack.isEmpty()) {
            goOnReceiving();
        }
    }

    /** Takes no more of a state before those it is for have taken what came: otherwise all of it would gather here. */
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

    /** A frame came that is none, or was damaged on its way. */
    public void damaged(DataStream stream, Status status) {
        if (data.remove(stream)) {
            stream.close(status);
            damaged(stream, status.getDescription() + ", from ", "");
        }
    }

    /** The worker has ended a data stream: it has nothing more to sum. */
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
     * Decides. This may come in the midst of carrying out an effect, as what that brought about: the decision is made at
     * once, and its effects are carried out after those that are due already. Decisions nest, effects queue.
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
            reducer.end();
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

    /** A disk that hangs for too long is one that cannot be written to. */
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

    /** Ends the control streams after their last message. Data streams of a job that went well are the workers' to end. */
    private void endWith(Effect.Last last) {
        if (last instanceof Effect.Fail fail) {
            data.closeAll(Status.ABORTED.withDescription(fail.reason()));
        }
        controls.values().forEach(ControlStream::end);
        end.complete(last);
    }
}
