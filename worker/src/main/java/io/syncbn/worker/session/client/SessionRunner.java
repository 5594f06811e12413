package io.syncbn.worker.session.client;

import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Report;
import io.syncbn.worker.collective.AbandonedException;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.collective.RemoteCollective;
import io.syncbn.worker.session.Command;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.JoinRequest;
import io.syncbn.worker.session.Position;
import io.syncbn.worker.session.Session;
import io.syncbn.worker.session.SessionEffect;
import io.syncbn.worker.session.SessionEvent;
import io.syncbn.worker.session.SessionTimeouts;
import io.syncbn.worker.session.WorkerEnd;
import io.syncbn.worker.session.WorkerFaultException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Carries out a {@link Session}: connects, sends, and makes the training thread, which calls {@link #run}, carry out
 * commands. Everything else happens on one event loop, so that losses are noticed and heartbeats are sent while the
 * thread computes.
 */
public final class SessionRunner implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    /** How long to wait for the last message to be sent. */
    private static final long DRAIN_MILLIS = 2000;

    /** Between ticks. */
    private static final long TICK_MILLIS = 1000;

    /** Released when the worker fails, so that running out of memory can still be reported. */
    private static final int RESERVE_BYTES = 4 << 20;

    private final Session session;
    private final Address coordinator;
    private final int shards;
    private final int groupSize;
    private final LongSupplier nanoClock;
    /** Runs the control stream, on which the loss of the coordinator shows first, and bulk streams. */
    private final EventLoopGroup loop = Transport.eventLoop("coordinator-client");

    private final CommandSlot commands = new CommandSlot();
    private ControlConnection connection;
    private ScheduledFuture<?> heartbeats;
    /** The collective in which the training thread waits; null if there is none. */
    private RemoteCollective collective;
    /** Set by {@link SessionEffect.EndWaits} for the command under way, whose collective may not exist yet. */
    private SessionEffect.EndWaits endedWaits;

    /** As of the last rest. */
    private volatile long committedStep;

    private SessionEffect.Last last;
    private volatile byte[] reserve = new byte[RESERVE_BYTES];
    private final Consumer<String> hung;
    private final Supplier<Report> reports;

    /**
     * @param coordinator the address it listens on
     * @param shards S
     * @param groupSize shards in a full normalization group
     * @param reports what to tell with each heartbeat: called by the event loop
     * @param hung receives the reason when the training thread hangs, so that {@link #run} will not return: must end
     *     the process
     */
    public SessionRunner(
            JoinRequest introduction,
            SessionTimeouts timeouts,
            Address coordinator,
            int shards,
            int groupSize,
            LongSupplier nanoClock,
            Supplier<Report> reports,
            Consumer<String> hung) {
        this.reports = reports;
        this.hung = hung;
        this.session = new Session(introduction, timeouts, coordinator.toString());
        this.coordinator = coordinator;
        this.shards = shards;
        this.groupSize = groupSize;
        this.nanoClock = nanoClock;
    }

    /** Asks the others to go on without this worker after the next commit. Thread-safe. */
    public void leave(String reason) {
        happened(new SessionEvent.LeaveAsked(reason));
    }

    /**
     * Takes part in the job until its end.
     *
     * @throws JobFailedException if the job fails, or this worker cannot take part in it
     * @throws WorkerFaultException if this worker alone cannot go on
     * @throws RuntimeException if the trainee cannot go on: the exception it threw
     */
    public WorkerEnd run(ControlledReplica trainee) {
        happened(new SessionEvent.Started());
        loop.next()
                .scheduleAtFixedRate(
                        () -> happened(new SessionEvent.Tick()), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        try {
            for (Optional<SessionEffect.Do> next = take(); next.isPresent(); next = take()) {
                carryOut(next.get(), trainee);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobFailedException("interrupted");
        } finally {
            closeCollective();
        }
        return ending();
    }

    private synchronized WorkerEnd ending() {
        if (last instanceof SessionEffect.Fail fail) {
            throw new JobFailedException(fail.reason());
        } else if (last instanceof SessionEffect.FailAlone fail) {
            throw new WorkerFaultException(fail.reason());
        } else if (last instanceof SessionEffect.End over) {
            return over.end();
        }
        throw new IllegalStateException("there are no more commands, and no end: " + last);
    }

    private Optional<SessionEffect.Do> take() throws InterruptedException {
        Optional<SessionEffect.Do> next = commands.take();
        synchronized (this) {
            if (next.isPresent() && next.get().command() instanceof Command.Prepare) {
                endedWaits = null;
            }
        }
        return next;
    }

    private void carryOut(SessionEffect.Do next, ControlledReplica trainee) {
        SessionEvent.Result result;
        try {
            result = carryOut(next.command(), trainee);
        } catch (AbandonedException e) {
            result = SessionEvent.Result.ABANDONED;
        } catch (RuntimeException | Error e) {
            reserve = null;
            throw cannotGoOn(trainee.faultOf(e), e);
        }
        Position position = trainee.position();
        committedStep = position.step();
        happened(new SessionEvent.Done(next.number(), result, position));
    }

    /** Reports a fault. If even that fails for lack of memory, the others notice that the process ends. */
    private RuntimeException cannotGoOn(Fault fault, Throwable thrown) {
        try {
            happened(new SessionEvent.CannotGoOn(fault));
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "the others could not be told", e);
        }
        return fault.isOfThisWorker() ? new WorkerFaultException(fault.reason(), thrown) : (RuntimeException) thrown;
    }

    private SessionEvent.Result carryOut(Command command, ControlledReplica trainee) {
        if (command instanceof Command.Rest) {
            trainee.rest();
        } else if (command instanceof Command.Restore) {
            trainee.restore();
        } else if (command instanceof Command.Prepare prepare) {
            closeCollective();
            trainee.prepare(prepare.plan(), open(prepare.plan()));
        } else if (command instanceof Command.SendState send) {
            collective.sendState(send.align().getStep(), trainee.state());
        } else if (command instanceof Command.TakeState take) {
            Align align = take.align();
            trainee.takeState(align, take.isBehind() ? collective.awaitState() : trainee.state());
        } else if (command instanceof Command.Train) {
            return trainee.train() ? SessionEvent.Result.JOB_DONE : SessionEvent.Result.COMPLETE;
        } else if (command instanceof Command.Keep keep) {
            trainee.keepCheckpoint(keep.isChosen());
        } else {
            throw new IllegalArgumentException("a command that nobody carries out: " + command);
        }
        return SessionEvent.Result.COMPLETE;
    }

    private RemoteCollective open(Plan plan) {
        RemoteCollective opened = new RemoteCollective(
                coordinator,
                loop,
                plan,
                shards,
                groupSize,
                nanoClock,
                reason -> happened(new SessionEvent.Broken(plan.getGeneration(), reason)));
        synchronized (this) {
            collective = opened;
            if (endedWaits != null) {
                opened.endAfter(endedWaits.committedStep(), endedWaits.reason());
            }
        }
        return opened;
    }

    private void closeCollective() {
        RemoteCollective closing;
        synchronized (this) {
            closing = collective;
            collective = null;
        }
        if (closing != null) {
            closing.close();
        }
    }

    private synchronized void happened(SessionEvent event) {
        session.on(nanoClock.getAsLong(), event).forEach(this::carryOut);
    }

    private void carryOut(SessionEffect effect) {
        if (effect instanceof SessionEffect.Connect connect) {
            closeConnection();
            connection = ControlConnection.open(connect.connection(), coordinator, loop, this::happened);
        } else if (effect instanceof SessionEffect.RetryAfter retry) {
            closeConnection();
            loop.next().schedule(() -> happened(new SessionEvent.RetryDue()), retry.nanos(), TimeUnit.NANOSECONDS);
        } else if (effect instanceof SessionEffect.RemindAfter remind) {
            loop.next().schedule(() -> happened(new SessionEvent.TimePassed()), remind.nanos(), TimeUnit.NANOSECONDS);
        } else if (effect instanceof SessionEffect.Send send) {
            connection.send(send.message());
        } else if (effect instanceof SessionEffect.HeartbeatEvery every) {
            heartbeat(every.millis());
        } else if (effect instanceof SessionEffect.EndWaits end) {
            endedWaits = end;
            if (collective != null) {
                collective.endAfter(end.committedStep(), end.reason());
            }
        } else if (effect instanceof SessionEffect.Do command) {
            commands.put(command);
        } else if (effect instanceof SessionEffect.Log log) {
            LOG.log(Level.INFO, log.text());
        } else if (effect instanceof SessionEffect.Last end) {
            last = end;
            commands.close();
            if (end instanceof SessionEffect.FailAlone fail && fail.hangs()) {
                loop.next().schedule(() -> hung.accept(fail.reason()), DRAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        } else {
            throw new IllegalArgumentException("an effect that nobody carries out: " + effect);
        }
    }

    private void closeConnection() {
        stopHeartbeats();
        if (connection != null) {
            connection.close();
        }
    }

    private void heartbeat(int millis) {
        stopHeartbeats();
        ControlConnection present = connection;
        heartbeats = loop.next()
                .scheduleAtFixedRate(
                        () -> present.send(FromWorker.newBuilder()
                                .setHeartbeat(
                                        Heartbeat.newBuilder().setStep(step()).setReport(reports.get()))
                                .build()),
                        millis,
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    /** Steps committed here so far. */
    private synchronized long step() {
        return collective == null ? committedStep : Math.max(committedStep, collective.doneStep());
    }

    private void stopHeartbeats() {
        if (heartbeats != null) {
            heartbeats.cancel(false);
        }
    }

    /** Waits until the last message is sent. */
    @Override
    public void close() {
        ControlConnection draining;
        synchronized (this) {
            stopHeartbeats();
            draining = connection;
        }
        if (draining != null) {
            draining.end(DRAIN_MILLIS); // not locked: events that still arrive need the lock
        }
        loop.shutdownGracefully(0, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
}
