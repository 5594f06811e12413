package io.syncbn.worker.session;

import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Begin;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Restore;
import io.syncbn.proto.v1.Stop;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A worker's conversation with the coordinator, and all decisions in it: each event may change the {@linkplain
 * SessionState state}, and has effects. Uses no network, threads or clock; used by one thread at a time.
 */
public final class Session {
    private final JoinRequest introduction;
    private final SessionTimeouts timeouts;
    private final Contact contact;
    private final TrainingThread thread = new TrainingThread();
    private final Effects effects = new Effects();

    private SessionState state = SessionState.OFFLINE;

    /** Time of the event under way. */
    private long nowNanos;

    /** The newest generation that includes this worker, on this connection; null before the first. */
    private Plan plan;

    /** The last generation whose state this process had; 0 before the first. */
    private long generation;

    /** When this process was asked to leave the job. */
    private OptionalLong leaveAskedNanos = OptionalLong.empty();

    /** @param coordinator its address, for messages */
    public Session(JoinRequest introduction, SessionTimeouts timeouts, String coordinator) {
        this.introduction = introduction;
        this.timeouts = timeouts;
        this.contact = new Contact(coordinator, timeouts);
    }

    public SessionState state() {
        return state;
    }

    /** Decides. {@code nowNanos} is of a monotonic clock with any origin. */
    public List<SessionEffect> on(long nowNanos, SessionEvent event) {
        effects.clear();
        this.nowNanos = nowNanos;
        if (state != SessionState.OVER) {
            decide(event);
        }
        return effects.list();
    }

    private void decide(SessionEvent event) {
        if (event instanceof SessionEvent.Started) {
            contact.begin(nowNanos);
            command(new Command.Rest());
            effects.remind(timeouts.connect().toNanos());
        } else if (event instanceof SessionEvent.OfConnection ofConnection) {
            if (state.isConnected() && contact.isOn(ofConnection.connection())) {
                onConnection(ofConnection);
            }
        } else if (event instanceof SessionEvent.RetryDue) {
            contact.attemptDue();
            joinIfAtRest();
        } else if (event instanceof SessionEvent.TimePassed) {
            timePassed();
        } else if (event instanceof SessionEvent.Tick) {
            thread.hangs(nowNanos, timeouts.prepare()).ifPresent(fault -> cannotGoOn(fault, true));
        } else if (event instanceof SessionEvent.Done done) {
            done(done);
        } else if (event instanceof SessionEvent.CannotGoOn fault) {
            cannotGoOn(fault.fault(), false);
        } else if (event instanceof SessionEvent.Broken broken) {
            broken(broken);
        } else if (event instanceof SessionEvent.LeaveAsked asked) {
            leaveAsked(asked.reason());
        } else {
            throw new IllegalArgumentException("an event that nobody decides on: " + event);
        }
    }

    private void onConnection(SessionEvent.OfConnection event) {
        if (event instanceof SessionEvent.Opened) {
            contact.opened();
        } else if (event instanceof SessionEvent.Received received) {
            received(received.message());
        } else if (event instanceof SessionEvent.Silent silent) {
            down(nowNanos - silent.nanos());
        } else if (event instanceof SessionEvent.Closed closed) {
            closed(closed.error());
        } else {
            throw new IllegalArgumentException("an event that nobody decides on: " + event);
        }
    }

    // What the coordinator says

    /** A released worker ignores further commands, but still fails with the job. */
    private void received(ToWorker message) {
        contact.heard();
        switch (message.getMessageCase()) {
            case REFUSED -> fail(message.getRefused().getReason());
            case ABORT -> fail(message.getAbort().getReason());
            case MESSAGE_NOT_SET -> fail("the coordinator sent a message that this version does not know");
            default -> {
                if (state != SessionState.LEAVING) {
                    follow(message);
                }
            }
        }
    }

    private void follow(ToWorker message) {
        switch (message.getMessageCase()) {
            case PLAN -> plan(message.getPlan());
            case ALIGN -> align(message.getAlign());
            case BEGIN -> begin(message.getBegin());
            case HOLD -> hold(message.getHold());
            case RESTORE -> restore(message.getRestore());
            case STOP -> stop(message.getStop());
            case EVICTED -> lost(message.getEvicted().getReason());
            case RELEASED -> released(message.getReleased().getReason());
            default -> throw new IllegalArgumentException("nothing to follow: " + message);
        }
    }

    private void plan(Plan next) {
        if (plan != null && next.getGeneration() <= plan.getGeneration()) {
            return;
        }
        plan = next;
        state = SessionState.PREPARING;
        String runs = ShardRun.of(next).stream()
                .map(ShardRun::toString)
                .collect(Collectors.joining(", and of a slow worker "));
        effects.log("generation " + next.getGeneration() + ": " + runs + ", as worker " + next.getWorker() + " of "
                + next.getWorkers());
        effects.add(new SessionEffect.HeartbeatEvery(next.getHeartbeatMillis()));
        effects.endWaits(next.getCommittedStep(), "generation " + next.getGeneration() + " begins");
        command(new Command.Prepare(next));
    }

    private void align(Align align) {
        if (state != SessionState.READY || !isOfThisGeneration(align.getGeneration())) {
            return;
        }
        if (align.getSource() == plan.getWorker()) {
            state = SessionState.ALIGNING;
            command(new Command.SendState(align));
        } else if (!thread.position().isAt(align)) {
            state = SessionState.ALIGNING;
            effects.log("takes over the state after step " + align.getStep() + ", from " + thread.step());
            command(new Command.TakeState(align, thread.step() < align.getStep()));
        }
    }

    /** The source of a state may still be sending it when the generation begins. */
    private void begin(Begin begin) {
        boolean isAwaited = state == SessionState.READY || state == SessionState.ALIGNING;
        if (!isAwaited || !isOfThisGeneration(begin.getGeneration())) {
            return;
        }
        if (begin.getStep() != thread.step()) {
            String reason = "generation " + begin.getGeneration() + " begins after step " + begin.getStep() + ", but "
                    + introduction.name() + " stands at " + thread.step();
            cannotGoOn(new Fault(true, "stands elsewhere", reason), false);
        } else {
            generation = begin.getGeneration();
            state = SessionState.TRAINING;
            command(new Command.Train());
        }
    }

    private boolean isOfThisGeneration(long number) {
        return plan != null && plan.getGeneration() == number;
    }

    private void hold(Hold hold) {
        state = SessionState.WAITING;
        effects.log("waits: " + hold.getReason());
        effects.endWaits(hold.getCommittedStep(), hold.getReason());
        command(new Command.Rest());
    }

    private void restore(Restore restore) {
        state = SessionState.RESTORING;
        effects.log("looks for a checkpoint: " + restore.getReason());
        effects.endWaits(restore.getReason());
        command(new Command.Restore());
    }

    /**
     * A worker that had finished has reported its result already, so the stream may end before its checkpoint is kept.
     * A worker that does not keep the checkpoint leaves the run directory to the one that does.
     */
    private void stop(Stop stop) {
        state = state.hasFinished() ? SessionState.STOPPED : SessionState.STOPPING;
        effects.log("the job stops here: " + stop.getReason());
        command(stop.getKeepsCheckpoint() ? new Command.Keep(true) : new Command.Rest());
    }

    /** A leaving worker first keeps a checkpoint, if it is the one that does: nobody may be left to go on from here. */
    private void released(String reason) {
        effects.log("released: " + reason);
        if (leaveAskedNanos.isPresent()) {
            state = SessionState.LEAVING;
            effects.endWaits(Long.MAX_VALUE, reason);
            command(new Command.Keep(false));
        } else {
            end(WorkerEnd.DONE);
        }
    }

    // The connection

    private void closed(Optional<String> error) {
        if (state == SessionState.LEAVING) {
            return; // which it does not need any more
        }
        if (error.isEmpty() && state.hasFinished()) {
            end(state == SessionState.STOPPED ? WorkerEnd.STOPPED : WorkerEnd.DONE);
        } else {
            lost(error.orElse("it ended the connection before the job was done"));
        }
    }

    /** Keeps the state, and tries to join again with it. */
    private void lost(String how) {
        if (leaveAskedNanos.isPresent()) {
            end(WorkerEnd.LEFT);
            return;
        }
        contact.lost(how);
        down(nowNanos);
        if (givesUp()) {
            return;
        }
        contact.newLoss().ifPresent(effects::log);
        state = SessionState.OFFLINE;
        effects.endWaits("the coordinator was lost");
        command(new Command.Rest());
        effects.add(new SessionEffect.RetryAfter(contact.pauseNanos()));
    }

    private void down(long sinceNanos) {
        if (contact.down(sinceNanos)) {
            effects.remind(Math.max(0, sinceNanos + timeouts.reconnect().toNanos() - nowNanos));
        }
    }

    private boolean givesUp() {
        Optional<String> reason = contact.givenUp(nowNanos);
        reason.ifPresent(this::fail);
        return reason.isPresent();
    }

    /** A Join reports the replica's position, so the replica must be at rest. */
    private void joinIfAtRest() {
        if (state != SessionState.OFFLINE || !thread.isResting() || !contact.isAttemptDue()) {
            return;
        }
        state = SessionState.JOINING;
        plan = null; // a coordinator restarted without a journal counts generations from 1
        effects.add(new SessionEffect.Connect(contact.connect()));
        send(FromWorker.newBuilder()
                .setJoin(introduction.at(thread.position()).toBuilder().setGeneration(generation))
                .build());
    }

    // The training thread

    private void done(SessionEvent.Done done) {
        long stepBefore = thread.step();
        if (!thread.done(nowNanos, done)) {
            return;
        }
        joinIfAtRest();
        if (state == SessionState.LEAVING) {
            end(WorkerEnd.LEFT);
        } else if (done.result() != SessionEvent.Result.ABANDONED) {
            completed(done.result(), stepBefore);
        }
    }

    private void completed(SessionEvent.Result result, long stepBefore) {
        switch (state) {
            case PREPARING -> ready();
            case ALIGNING -> aligned();
            case RESTORING -> send(Messages.restored(thread.position(), thread.step() > stepBefore));
            case TRAINING -> {
                if (result == SessionEvent.Result.JOB_DONE) {
                    finished(SessionState.FINISHED);
                }
            }
            case STOPPING, STOPPED -> finished(SessionState.STOPPED);
            case OFFLINE, JOINING, WAITING, READY, FINISHED, LEAVING, OVER -> {
                // Has come to rest, which need not be reported.
            }
        }
    }

    private void aligned() {
        if (thread.isTold(Command.SendState.class)) {
            state = SessionState.READY;
        } else {
            ready();
        }
    }

    private void ready() {
        // A worker that starts from the initial state or a checkpoint's may be behind one that is away.
        if (generation > 0 || state == SessionState.ALIGNING) {
            generation = plan.getGeneration();
        }
        state = SessionState.READY;
        send(Messages.ready(plan.getGeneration(), thread.position()));
    }

    private void finished(SessionState next) {
        state = next;
        send(Messages.finished(plan == null ? 0 : plan.getGeneration(), thread.position()));
    }

    /** Reports a broken data stream or frame; irrelevant once this worker has finished. */
    private void broken(SessionEvent.Broken broken) {
        if (isOfThisGeneration(broken.generation()) && !state.hasFinished()) {
            send(Messages.damaged(broken));
        }
    }

    private void cannotGoOn(Fault fault, boolean hangs) {
        send(Messages.failed(fault));
        if (fault.isOfThisWorker()) {
            over(fault.reason(), new SessionEffect.FailAlone(fault.reason(), hangs));
        } else {
            fail(fault.reason());
        }
    }

    // The end

    private void leaveAsked(String reason) {
        leaveAskedNanos = OptionalLong.of(nowNanos);
        if (state.isConnected()) {
            effects.remind(SessionTimeouts.LEAVE_NANOS);
            effects.log("leaves at the next commit: " + reason);
            send(Messages.leave(reason));
        } else {
            end(WorkerEnd.LEFT);
        }
    }

    /** Enforces the limits on waiting to be released, and on reconnecting. */
    private void timePassed() {
        if (state == SessionState.LEAVING) {
            return; // however long its checkpoint takes
        }
        if (leaveAskedNanos.isPresent() && nowNanos - leaveAskedNanos.getAsLong() >= SessionTimeouts.LEAVE_NANOS) {
            effects.log("nobody has let this worker go; it goes all the same");
            end(WorkerEnd.LEFT);
        } else if (!contact.isOpen()) {
            givesUp();
        }
    }

    private void end(WorkerEnd end) {
        over("this worker's work is over", new SessionEffect.End(end));
    }

    private void fail(String reason) {
        over(reason, new SessionEffect.Fail(reason));
    }

    private void over(String reason, SessionEffect.Last last) {
        state = SessionState.OVER;
        effects.endWaits(reason);
        effects.add(last);
    }

    private void send(FromWorker message) {
        if (state.isConnected()) {
            effects.send(message);
        }
    }

    private void command(Command next) {
        effects.add(thread.command(nowNanos, next));
    }
}
