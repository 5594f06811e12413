package io.syncbn.deploy.simulation;

import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.Session;
import io.syncbn.worker.session.SessionEffect;
import io.syncbn.worker.session.SessionEvent;
import io.syncbn.worker.session.SessionEvent.Result;
import io.syncbn.worker.session.SessionTimeouts;
import java.time.Duration;
import java.util.Optional;

/**
 * One process of a worker: the product's {@link Session}, with streams and timers in virtual time, and the replica that it
 * commands.
 */
final class SimulatedWorker {
    private static final long TICK_NANOS = World.millis(1000);
    private static final long LAST_MESSAGE_NANOS = World.millis(2);
    static final Duration PREPARE = Duration.ofSeconds(30);
    private static final SessionTimeouts TIMEOUTS =
            new SessionTimeouts(Duration.ofHours(1), Duration.ofHours(1), PREPARE);

    private final Simulation simulation;
    private final World world;
    private final String name;
    private final Link link;
    private final Process process = new Process();
    private final Ailments ailments;
    private final Session session;
    private final SimulatedReplica replica;

    private SimulatedStreams.Control control;
    private long heartbeats;

    /** What the replica does, and is to do next. */
    private SessionEffect.Do present;

    private SessionEffect.Do next;

    private boolean isLeaving;
    private Runnable whenOver = () -> {};
    private SessionEffect outcome;

    SimulatedWorker(Simulation simulation, String name, long processId, Link link) {
        this.simulation = simulation;
        this.world = simulation.world();
        this.ailments = new Ailments(world);
        this.name = name;
        this.link = link;
        session = new Session(Simulation.introduction(name, processId), TIMEOUTS, "coordinator");
        replica = new SimulatedReplica(simulation, this);
    }

    void start() {
        happened(new SessionEvent.Started());
        world.every(TICK_NANOS, this::isAlive, () -> process.run(() -> happened(new SessionEvent.Tick())));
    }

    String name() {
        return name;
    }

    Process process() {
        return process;
    }

    Link link() {
        return link;
    }

    long step() {
        return replica.step();
    }

    String digest() {
        return replica.digest();
    }

    /** {@link SessionEffect.End} or {@link SessionEffect.Fail}, once there is one. */
    Optional<SessionEffect> outcome() {
        return Optional.ofNullable(outcome);
    }

    boolean isAlive() {
        return process.isAlive() && outcome == null;
    }

    /** The one that it was last dealt a place in; 0 before the first. */
    long generation() {
        return replica.generation();
    }

    void kill() {
        process.kill();
        link.cut("the process was killed");
    }

    boolean isLeaving() {
        return isLeaving;
    }

    void leave() {
        isLeaving = true;
        process.run(() -> happened(new SessionEvent.LeaveAsked("drained")));
    }

    Ailments ailments() {
        return ailments;
    }

    void whenOver(Runnable action) {
        whenOver = action;
    }

    void fail(String kind) {
        ailments.doom();
        process.run(() -> happened(new SessionEvent.CannotGoOn(new Fault(true, kind, kind))));
    }

    void later(long nanos, Runnable work) {
        world.after(nanos, () -> process.run(work));
    }

    private void happened(SessionEvent event) {
        session.on(world.nowNanos(), event).forEach(this::carryOut);
    }

    private void carryOut(SessionEffect effect) {
        if (effect instanceof SessionEffect.Connect connect) {
            control = simulation.connect(this, connect.connection());
        } else if (effect instanceof SessionEffect.RetryAfter retry) {
            later(retry.nanos(), () -> happened(new SessionEvent.RetryDue()));
        } else if (effect instanceof SessionEffect.RemindAfter remind) {
            later(remind.nanos(), () -> happened(new SessionEvent.TimePassed()));
        } else if (effect instanceof SessionEffect.Send send) {
            control.send(send.message());
        } else if (effect instanceof SessionEffect.HeartbeatEvery every) {
            heartbeat(++heartbeats, World.millis(every.millis()), control);
        } else if (effect instanceof SessionEffect.EndWaits end) {
            replica.endWaits(end);
        } else if (effect instanceof SessionEffect.Do command) {
            next = command;
            takeCommand();
        } else if (effect instanceof SessionEffect.Log log) {
            simulation.log(name, log.text());
        } else if (effect instanceof SessionEffect.Last last) {
            outcome = last;
            simulation.log(name, last.toString());
            process.kill();
            world.after(LAST_MESSAGE_NANOS, () -> link.cut("the process has ended"));
            whenOver.run();
        } else {
            throw new IllegalArgumentException("an effect that nobody carries out: " + effect);
        }
    }

    private void heartbeat(long number, long everyNanos, SimulatedStreams.Control on) {
        later(everyNanos, () -> {
            if (number == heartbeats && on == control) {
                on.send(FromWorker.newBuilder()
                        .setHeartbeat(Heartbeat.newBuilder().setStep(replica.step()))
                        .build());
                heartbeat(number, everyNanos, on);
            }
        });
    }

    /** One command at a time: the replica comes to rest before it takes the next. */
    private void takeCommand() {
        if (present != null || next == null) {
            return;
        }
        present = next;
        next = null;
        replica.carryOut(present.command());
    }

    /** The replica comes to rest. */
    void done(Result result) {
        long number = present.number();
        later(World.millis(0.1), () -> {
            present = null;
            happened(new SessionEvent.Done(number, result, replica.position()));
            takeCommand();
        });
    }

    void opened(long connection) {
        happened(new SessionEvent.Opened(connection));
    }

    void received(long connection, ToWorker message) {
        happened(new SessionEvent.Received(connection, message));
    }

    void closed(long connection, Optional<String> error) {
        happened(new SessionEvent.Closed(connection, error));
    }

    void broken(long generation, String reason) {
        happened(new SessionEvent.Broken(generation, reason));
    }

    void received(DataFrame frame) {
        replica.received(frame);
    }
}
