package io.syncbn.worker.session;

import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Begin;
import io.syncbn.proto.v1.Damaged;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.Leave;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.Restore;
import io.syncbn.proto.v1.Restored;
import io.syncbn.proto.v1.ToWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The state of a worker's conversation with the coordinator, and all decisions on it. Knows no network, threads or clock;
 * used by one thread at a time.
 */
public final class Session {
    private static final long NEVER = Long.MAX_VALUE;

    private final Introduction introduction;
    private final Patience patience;
    private final String coordinator;
    private final List<SessionEffect> effects = new ArrayList<>();

    /** Whether there is a control stream on which this worker has sent its Join. */
    private boolean isUp;

    /** Of the event under way. */
    private long nowNanos;

    private long connection;
    /** Whether the coordinator has answered on this connection. */
    private boolean isOpen;
    /** Whether it ever was. */
    private boolean wasReached;

    private long downSinceNanos;
    private String lostHow = "it does not answer";
    private int attempts;
    private boolean isRetryDue = true;

    /** The newest generation that this worker was planned into on this connection; null before the first. */
    private Plan plan;

    /** Since when the training thread has been at something that must end; {@link #NEVER} while it trains, or has come to rest. */
    private long busySinceNanos = NEVER;

    /** The last generation whose state this process had; 0 before the first. */
    private long generation;

    private Command command;
    private long commandNumber;
    private boolean isResting;
    /** Where the training thread last came to rest. */
    private Position position;

    private boolean isFinished;
    private boolean isStopping;
    private boolean isLeaving;
    private long leavingSinceNanos;
    private boolean isReleased;
    private boolean isOver;

    /** @param coordinator how people call it: its address */
    public Session(Introduction introduction, Patience patience, String coordinator) {
        this.introduction = introduction;
        this.patience = patience;
        this.coordinator = coordinator;
    }

    /** Decides. {@code nowNanos} is of a monotonic clock with any origin. */
    public List<SessionEffect> on(long nowNanos, SessionEvent event) {
        effects.clear();
        this.nowNanos = nowNanos;
        if (!isOver) {
            decide(nowNanos, event);
        }
        return List.copyOf(effects);
    }

    private void decide(long nowNanos, SessionEvent event) {
        if (event instanceof SessionEvent.Started) {
            downSinceNanos = nowNanos;
            command(new Command.Rest());
            remind(patience.firstNanos());
        } else if (event instanceof SessionEvent.Opened opened) {
            isOpen |= opened.connection() == connection && isUp;
            wasReached |= isOpen;
        } else if (event instanceof SessionEvent.Received received) {
            if (received.connection() == connection && isUp) {
                attempts = 0;
                received(nowNanos, received.message());
            }
        } else if (event instanceof SessionEvent.Silent silent) {
            if (silent.connection() == connection && isUp) {
                down(nowNanos, nowNanos - silent.nanos());
            }
        } else if (event instanceof SessionEvent.TimePassed) {
            timePassed(nowNanos);
        } else if (event instanceof SessionEvent.Closed closed) {
            if (closed.connection() == connection && isUp && !isReleased) {
                closed(nowNanos, closed.error());
            }
        } else if (event instanceof SessionEvent.RetryDue) {
            isRetryDue = true;
            joinIfAtRest();
        } else if (event instanceof SessionEvent.Done done) {
            done(done);
        } else if (event instanceof SessionEvent.CannotGoOn fault) {
            cannotGoOn(fault.fault(), false);
        } else if (event instanceof SessionEvent.Broken broken) {
            broken(broken);
        } else if (event instanceof SessionEvent.LeaveAsked asked) {
            leave(nowNanos, asked.reason());
        } else if (event instanceof SessionEvent.Tick) {
            endIfTheTrainingThreadHangs();
        } else {
            throw new IllegalArgumentException("an event that nobody decides on: " + event);
        }
    }

    private void endIfTheTrainingThreadHangs() {
        if (busySinceNanos != NEVER && nowNanos - busySinceNanos >= patience.prepareNanos()) {
            String what = command.inWords();
            cannotGoOn(
                    new Fault(
                            true,
                            "hangs",
                            "the training thread has not come to " + what + " within "
                                    + TimeUnit.NANOSECONDS.toSeconds(patience.prepareNanos()) + " s"),
                    true);
        }
    }

    /** Nothing that hangs keeps this worker for longer than it was told to wait. */
    private void timePassed(long nowNanos) {
        if (isLeaving && !isReleased && nowNanos - leavingSinceNanos >= Patience.LEAVE_NANOS) {
            log("nobody has let this worker go; it goes all the same");
            end(WorkerEnd.LEFT);
        } else if (!isOpen && !isReleased) {
            giveUpIfDue(nowNanos);
        }
    }

    private void received(long nowNanos, ToWorker message) {
        switch (message.getMessageCase()) {
            case PLAN -> planned(message.getPlan());
            case ALIGN -> align(message.getAlign());
            case BEGIN -> begin(message.getBegin());
            case HOLD -> hold(message.getHold());
            case RESTORE -> restore(message.getRestore());
            case STOP -> {
                isStopping = true;
                log("the job stops here: " + message.getStop().getReason());
                command(new Command.Keep());
            }
            case EVICTED -> lost(nowNanos, message.getEvicted().getReason());
            case RELEASED -> {
                released(message.getReleased().getReason());
            }
            case REFUSED -> fail(message.getRefused().getReason());
            case ABORT -> fail(message.getAbort().getReason());
            case MESSAGE_NOT_SET -> fail("the coordinator sent a message that this version does not know");
        }
    }

    private void planned(Plan next) {
        if (plan != null && next.getGeneration() <= plan.getGeneration()) {
            return;
        }
        plan = next;
        isFinished = false;
        String runs = ShardRun.of(next).stream()
                .map(ShardRun::toString)
                .collect(Collectors.joining(", and of a slow worker "));
        log("generation " + next.getGeneration() + ": " + runs + ", as worker " + next.getWorker() + " of "
                + next.getWorkers());
        effects.add(new SessionEffect.HeartbeatEvery(next.getHeartbeatMillis()));
        endWaits(next.getCommittedStep(), "generation " + next.getGeneration() + " begins");
        command(new Command.Prepare(next));
    }

    private void align(Align align) {
        if (!isOfThisGeneration(align.getGeneration()) || !isResting) {
            return;
        }
        if (align.getSource() == plan.getWorker()) {
            command(new Command.SendState(align));
        } else if (!position.isAt(align)) {
            log("takes over the state after step " + align.getStep() + ", from " + position.step());
            command(new Command.TakeState(align, position.step() < align.getStep()));
        }
    }

    private void begin(Begin begin) {
        if (!isOfThisGeneration(begin.getGeneration()) || command instanceof Command.Train) {
            return;
        }
        if (begin.getStep() != position.step()) {
            String reason = "generation " + begin.getGeneration() + " begins after step " + begin.getStep() + ", but "
                    + introduction.name() + " stands at " + position.step();
            cannotGoOn(new Fault(true, "stands elsewhere", reason), false);
        } else {
            generation = begin.getGeneration();
            command(new Command.Train());
        }
    }

    private boolean isOfThisGeneration(long generation) {
        return plan != null && plan.getGeneration() == generation;
    }

    private void hold(Hold hold) {
        isFinished = false;
        log("waits: " + hold.getReason());
        endWaits(hold.getCommittedStep(), hold.getReason());
        command(new Command.Rest());
    }

    private void restore(Restore restore) {
        log("looks for a checkpoint: " + restore.getReason());
        endWaits(SessionEffect.EndWaits.NONE, restore.getReason());
        command(new Command.Restore());
    }

    /** Whoever leaves keeps a checkpoint first, if it is the one that does: there may be nobody to go on from here. */
    private void released(String reason) {
        log("released: " + reason);
        if (isLeaving) {
            isReleased = true;
            endWaits(Long.MAX_VALUE, reason);
            command(new Command.Keep());
        } else {
            end(WorkerEnd.DONE);
        }
    }

    private void closed(long nowNanos, Optional<String> error) {
        if (error.isEmpty() && isFinished) {
            end(isStopping ? WorkerEnd.STOPPED : WorkerEnd.DONE);
        } else {
            lost(nowNanos, error.orElse("it ended the connection before the job was done"));
        }
    }

    /** Keeps the state, and tries to join anew with it. */
    private void lost(long nowNanos, String how) {
        if (isLeaving) {
            end(WorkerEnd.LEFT);
            return;
        }
        lostHow = how;
        down(nowNanos, nowNanos);
        if (giveUpIfDue(nowNanos)) {
            return;
        }
        if (attempts == 0 && wasReached) {
            log("the coordinator at " + coordinator + " was lost: " + how + "; tries to join again");
        }
        isUp = false;
        isFinished = false;
        isRetryDue = false;
        endWaits(SessionEffect.EndWaits.NONE, "the coordinator was lost");
        command(new Command.Rest());
        effects.add(new SessionEffect.RetryAfter(Patience.pauseNanos(attempts++)));
    }

    /** From when on the coordinator counts as lost; until it answers again, later losses of attempts change nothing. */
    private void down(long nowNanos, long sinceNanos) {
        if (isOpen) {
            isOpen = false;
            downSinceNanos = sinceNanos;
            remind(Math.max(0, sinceNanos + patience.againNanos() - nowNanos));
        }
    }

    private boolean giveUpIfDue(long nowNanos) {
        long patienceNanos = wasReached ? patience.againNanos() : patience.firstNanos();
        if (nowNanos - downSinceNanos < patienceNanos) {
            return false;
        }
        String tried = "; tried for " + TimeUnit.NANOSECONDS.toSeconds(patienceNanos) + " s";
        fail(
                wasReached
                        ? "the coordinator at " + coordinator + " was lost: " + lostHow + tried
                        : "no coordinator answers at " + coordinator + tried);
        return true;
    }

    private void done(SessionEvent.Done done) {
        long before = position == null ? 0 : position.step();
        position = done.position();
        if (done.command() != commandNumber) {
            busySinceNanos = busySinceNanos == NEVER ? NEVER : nowNanos;
            return; // a newer command is there
        }
        isResting = true;
        busySinceNanos = NEVER;
        joinIfAtRest();
        if (isReleased) {
            end(WorkerEnd.LEFT);
            return;
        }
        boolean isComplete = done.result() == SessionEvent.Result.COMPLETE;
        if (isComplete && (command instanceof Command.Prepare || command instanceof Command.TakeState)) {
            sendReady();
        } else if (isComplete && command instanceof Command.Restore) {
            send(FromWorker.newBuilder()
                    .setRestored(Restored.newBuilder()
                            .setStep(position.step())
                            .setIsFromCheckpoint(position.step() > before))
                    .build());
        } else if (done.result() == SessionEvent.Result.JOB_DONE || isComplete && command instanceof Command.Keep) {
            isFinished = true;
            send(FromWorker.newBuilder()
                    .setFinished(Finished.newBuilder()
                            .setGeneration(plan == null ? 0 : plan.getGeneration())
                            .setStep(position.step())
                            .setStateDigest(position.digest()))
                    .build());
        }
    }

    /** A Join tells where the replica stands, so that nothing may move it any more. */
    private void joinIfAtRest() {
        if (isUp || !isResting || !isRetryDue) {
            return;
        }
        isUp = true;
        isRetryDue = false;
        plan = null; // a coordinator that was started again without a log counts generations from 1
        connection++;
        effects.add(new SessionEffect.Connect(connection));
        send(FromWorker.newBuilder()
                .setJoin(introduction.at(position).toBuilder().setGeneration(generation))
                .build());
    }

    private void sendReady() {
        // Whoever begins with a first state or a checkpoint's may be behind one that is away.
        if (generation > 0 || command instanceof Command.TakeState) {
            generation = plan.getGeneration();
        }
        send(FromWorker.newBuilder()
                .setReady(Ready.newBuilder()
                        .setGeneration(plan.getGeneration())
                        .setStep(position.step())
                        .setStateDigest(position.digest())
                        .setBatchesTracked(position.batchesTracked())
                        .addAllDataStatistics(position.dataStatistics())
                        .setLeftOutInARow(position.leftOutInARow()))
                .build());
    }

    private void broken(SessionEvent.Broken broken) {
        if (isOfThisGeneration(broken.generation()) && !isFinished) {
            send(FromWorker.newBuilder()
                    .setDamaged(Damaged.newBuilder()
                            .setGeneration(broken.generation())
                            .setReason(broken.reason()))
                    .build());
        }
    }

    private void leave(long nowNanos, String reason) {
        isLeaving = true;
        leavingSinceNanos = nowNanos;
        if (isUp) {
            remind(Patience.LEAVE_NANOS);
            log("leaves at the next commit: " + reason);
            send(FromWorker.newBuilder()
                    .setLeave(Leave.newBuilder().setReason(reason))
                    .build());
        } else {
            end(WorkerEnd.LEFT);
        }
    }

    private void send(FromWorker message) {
        if (isUp) {
            effects.add(new SessionEffect.Send(message));
        }
    }

    private void remind(long nanos) {
        effects.add(new SessionEffect.RemindAfter(nanos));
    }

    private void command(Command next) {
        command = next;
        isResting = false;
        // A step may take as long as it takes, and a state that travels is the coordinator's to wait for.
        boolean mustEnd =
                next instanceof Command.Rest || next instanceof Command.Prepare || next instanceof Command.Keep;
        busySinceNanos = mustEnd ? Math.min(busySinceNanos, nowNanos) : NEVER;
        effects.add(new SessionEffect.Do(++commandNumber, next));
    }

    private void endWaits(long committedStep, String reason) {
        effects.add(new SessionEffect.EndWaits(committedStep, reason));
    }

    private void log(String text) {
        effects.add(new SessionEffect.Log(text));
    }

    private void end(WorkerEnd end) {
        isOver = true;
        endWaits(SessionEffect.EndWaits.NONE, "this worker's work is over");
        effects.add(new SessionEffect.End(end));
    }

    private void cannotGoOn(Fault fault, boolean hangs) {
        send(FromWorker.newBuilder()
                .setFailed(Failed.newBuilder()
                        .setReason(fault.reason())
                        .setCause(fault.isOfThisWorker() ? Failed.Cause.WORKER : Failed.Cause.JOB)
                        .setFault(fault.kind()))
                .build());
        if (fault.isOfThisWorker()) {
            isOver = true;
            endWaits(SessionEffect.EndWaits.NONE, fault.reason());
            effects.add(new SessionEffect.FailAlone(fault.reason(), hangs));
        } else {
            fail(fault.reason());
        }
    }

    private void fail(String reason) {
        isOver = true;
        endWaits(SessionEffect.EndWaits.NONE, reason);
        effects.add(new SessionEffect.Fail(reason));
    }
}
