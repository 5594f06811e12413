package io.syncbn.deploy.simulation;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import io.syncbn.worker.session.Command;
import io.syncbn.worker.session.Fault;
import io.syncbn.worker.session.Position;
import io.syncbn.worker.session.Session;
import io.syncbn.worker.session.SessionEffect;
import io.syncbn.worker.session.SessionEvent;
import io.syncbn.worker.session.SessionEvent.Result;
import io.syncbn.worker.session.SessionTimeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One process of a worker: the product's {@link Session}, and in place of threads and layers a toy model that is computed in
 * virtual time.
 */
final class SimulatedWorker {
    private static final long LOST_NANOS = World.millis(720_000);
    private static final long TICK_NANOS = World.millis(1000);
    private static final long LAST_MESSAGE_NANOS = World.millis(2);
    static final Duration PREPARE = Duration.ofSeconds(30);
    private static final long COMMITTED_SUMS_NANOS = World.millis(1000);
    private static final SessionTimeouts TIMEOUTS =
            new SessionTimeouts(Duration.ofHours(1), Duration.ofHours(1), PREPARE);

    private final Simulation simulation;
    private final World world;
    private final ToyJob job;
    private final String name;
    private final Link link;
    private final Process process = new Process();
    private final Session session;

    /** The replica. */
    private float[] state;

    private long step;
    private List<Double> statistics = List.of();

    private SimulatedStreams.Control control;
    private long heartbeats;

    /** The training thread: what it does, and is to do next. */
    private SessionEffect.Do present;

    private SessionEffect.Do next;
    private Wait wait;
    private SessionEffect.EndWaits ended;
    private long endedNanos;
    private boolean isLeaving;
    private final Ailments ailments;
    private Runnable whenOver = () -> {};

    /** The generation. */
    private Plan plan;

    private SimulatedStreams.Data moments;
    private SimulatedStreams.Data gradients;
    /** What has come in this generation and may still be needed: of this step, or, if others are faster, of later ones. */
    private List<DataFrame> inbox = new ArrayList<>();

    private ToyStep sums;
    private boolean hasOfferedCommit;
    private double[][] inputs;
    private List<float[]> stateChunks = new ArrayList<>();
    private long lastStep = -1;

    private SessionEffect outcome;

    private record Wait(SumKind kind, long step, BooleanSupplier isOver, Runnable then) {}

    SimulatedWorker(Simulation simulation, String name, long processId, Link link) {
        this.simulation = simulation;
        this.world = simulation.world();
        this.ailments = new Ailments(world);
        this.job = simulation.job();
        this.name = name;
        this.link = link;
        this.state = job.initialState();
        session = new Session(Simulation.introduction(name, processId), TIMEOUTS, "coordinator");
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
        return step;
    }

    String digest() {
        return ToyJob.digest(step, state);
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
        return plan == null ? 0 : plan.getGeneration();
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

    private void later(long nanos, Runnable work) {
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
            ended = end;
            endedNanos = world.nowNanos();
            later(COMMITTED_SUMS_NANOS, this::look);
            look();
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
                        .setHeartbeat(Heartbeat.newBuilder().setStep(step))
                        .build());
                heartbeat(number, everyNanos, on);
            }
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

    private void takeCommand() {
        if (present != null || next == null) {
            return;
        }
        present = next;
        next = null;
        Command command = present.command();
        if (command instanceof Command.Prepare prepare) {
            ended = null;
            prepare(prepare.plan());
        } else if (command instanceof Command.SendState) {
            sendState();
            done(Result.COMPLETE);
        } else if (command instanceof Command.TakeState take) {
            await(
                    SumKind.STATE,
                    0,
                    () -> !take.isBehind() || !stateChunks.isEmpty() && !stateChunks.contains(null),
                    () -> {
                        statistics = take.align().getDataStatisticsList();
                        if (take.isBehind()) {
                            state = ToyJob.joined(stateChunks);
                            step = take.align().getStep();
                            simulation.tookOver(this);
                        }
                        done(Result.COMPLETE);
                    });
        } else if (command instanceof Command.Restore) {
            Simulation.Checkpoint newest = simulation.newest(new Simulation.Checkpoint(step, state));
            state = newest.state().clone();
            step = newest.step();
            done(Result.COMPLETE);
        } else if (command instanceof Command.Train) {
            train();
        } else if (command instanceof Command.Rest || command instanceof Command.Keep) {
            done(Result.COMPLETE);
        } else {
            throw new IllegalArgumentException("a command that nobody carries out: " + command);
        }
    }

    /** Comes to rest. */
    private void done(Result result) {
        long number = present.number();
        wait = null;
        later(World.millis(0.1), () -> {
            present = null;
            happened(new SessionEvent.Done(
                    number, result, new Position(step, ToyJob.digest(step, state), step, statistics, 0)));
            takeCommand();
        });
    }

    private void prepare(Plan newPlan) {
        if (moments != null) {
            moments.end();
            gradients.end();
        }
        plan = newPlan;
        sums = null;
        inbox = new ArrayList<>();
        stateChunks = new ArrayList<>();
        lastStep = -1;
        moments = simulation.open(this, newPlan, false);
        gradients = simulation.open(this, newPlan, true);
        if (!ailments.hangsInPrepare() || !simulation.hasAnotherReplica(this)) {
            long readyNanos = world.between(World.millis(1), World.millis(50));
            later(ailments.diskNanos(readyNanos), () -> done(Result.COMPLETE));
        }
    }

    void broken(long generation, String reason) {
        happened(new SessionEvent.Broken(generation, reason));
    }

    void received(DataFrame frame) {
        FrameHeader header = frame.header();
        if (plan == null || header.generation() != plan.getGeneration()) {
            return;
        }
        if (header.kind() == SumKind.STATE) {
            if (stateChunks.isEmpty()) {
                stateChunks.addAll(Collections.nCopies(header.of(), null));
            }
            stateChunks.set(header.index(), frame.floats().clone());
        } else {
            if (header.kind() == SumKind.LAST_COMMIT) {
                lastStep = header.step();
            }
            inbox.add(frame);
            if (sums != null) {
                sums.received(frame);
            }
        }
        look();
    }

    /** The first chunk holds the whole state, the others a number each: they may come in any order. */
    private void sendState() {
        Node node = new Node(0, plan.getFirstShard());
        for (int chunk = 0; chunk < state.length; chunk++) {
            float[] values = chunk == 0 ? state.clone() : new float[] {state[chunk]};
            FrameHeader header =
                    new FrameHeader(plan.getGeneration(), step, SumKind.STATE, chunk, 0, node, state.length);
            gradients.sendUp(new DataFrame(header, new Payload.Float32(values), 0));
        }
    }

    /** The sums of a step, of which some may have come before. */
    private void begin(long ofStep) {
        inbox.removeIf(frame -> frame.header().step() < step
                || frame.header().step() == step && frame.header().kind() != SumKind.EVALUATION && step > 0);
        sums = new ToyStep(job, plan, ofStep);
        inbox.forEach(sums::received);
        hasOfferedCommit = false;
    }

    private void await(SumKind kind, long ofStep, BooleanSupplier isOver, Runnable then) {
        Wait begun = new Wait(kind, ofStep, isOver, then);
        wait = begun;
        look();
        long generation = plan.getGeneration();
        later(LOST_NANOS, () -> {
            if (wait == begun) {
                broken(generation, kind + " has not come");
            }
        });
    }

    /** Whether what is waited for is there, or cannot come any more. */
    private void look() {
        if (wait == null) {
            return;
        }
        if (wait.isOver.getAsBoolean()) {
            Runnable then = wait.then;
            wait = null;
            then.run();
        } else if (ended != null && !isSpared()) {
            done(Result.ABANDONED);
        }
    }

    private boolean isSpared() {
        return wait.kind.isOfStep()
                && wait.step <= ended.committedStep()
                && world.nowNanos() < endedNanos + COMMITTED_SUMS_NANOS;
    }

    private void compute(double millis, Runnable then) {
        later(World.millis(millis * ailments.slowness() * (0.5 + world.random().nextDouble())), then);
    }

    private void send(SimulatedStreams.Data stream, List<DataFrame> frames) {
        frames.forEach(stream::sendUp);
    }

    private Payload.Float64 part(SumKind kind, long ofStep, int index, int shard, double[] input) {
        return new Payload.Float64(job.part(kind, ofStep, index, shard, state, input));
    }

    private void train() {
        if (!statistics.isEmpty()) {
            doWhatIsDue();
            return;
        }
        begin(0);
        compute(20, () -> {
            send(moments, sums.offer(SumKind.DATA_STATISTICS, shard -> new Payload.Float64(new double[] {shard})));
            await(SumKind.DATA_STATISTICS, 0, () -> sums.has(SumKind.DATA_STATISTICS, 0), () -> {
                statistics = List.of(sums.doubles(SumKind.DATA_STATISTICS)[0]);
                doWhatIsDue();
            });
        });
    }

    private void doWhatIsDue() {
        boolean isDue = step == job.steps() || step > 0 && step % job.evaluateEvery() == 0;
        if (!isDue) {
            trainStep();
            return;
        }
        begin(step);
        compute(sums.has(SumKind.EVALUATION, 0) ? 0 : 30, () -> {
            send(moments, sums.offer(SumKind.EVALUATION, shard -> part(SumKind.EVALUATION, step, 0, shard, null)));
            await(SumKind.EVALUATION, step, () -> sums.has(SumKind.EVALUATION, 0), this::trainStep);
        });
    }

    private void trainStep() {
        if (step == job.steps()) {
            later(ailments.diskNanos(0), () -> done(Result.JOB_DONE));
            return;
        }
        begin(step + 1);
        inputs = new double[job.shards()][];
        pass(0);
    }

    /** Forward through all layers, then backward, or until the step is committed without this worker. */
    private void pass(int pass) {
        if (isOvertaken()) {
            takeFromOthers();
            return;
        }
        if (pass == 2 * job.layers()) {
            commit();
            return;
        }
        SumKind kind = pass < job.layers() ? SumKind.MOMENTS_FORWARD : SumKind.MOMENTS_BACKWARD;
        int layer = pass < job.layers() ? pass : 2 * job.layers() - 1 - pass;
        compute(20, () -> {
            if (isOvertaken()) {
                takeFromOthers();
                return;
            }
            send(moments, sums.offer(kind, layer, 1, shard -> part(kind, sums.step(), layer, shard, inputs[shard])));
            await(kind, sums.step(), () -> sums.has(kind, layer) || isOvertaken(), () -> {
                if (!isOvertaken()) {
                    ShardRun.of(plan).stream()
                            .flatMapToInt(ShardRun::shards)
                            .forEach(shard -> inputs[shard] = sums.moments(kind, layer, shard));
                }
                pass(pass + 1);
            });
        });
    }

    private void commit() {
        for (int chunk = 0; chunk < job.chunks(); chunk++) {
            int index = chunk;
            send(
                    gradients,
                    sums.offer(
                            SumKind.GRADIENTS,
                            index,
                            job.chunks(),
                            shard -> new Payload.Float32(
                                    job.gradient(sums.step(), index, shard, state, inputs[shard]))));
        }
        hasOfferedCommit = true;
        send(moments, sums.offer(SumKind.COMMIT, shard -> part(SumKind.COMMIT, sums.step(), 0, shard, inputs[shard])));
        await(SumKind.COMMIT, sums.step(), this::isCommitted, this::apply);
    }

    private boolean isOvertaken() {
        return !hasOfferedCommit && sums.has(SumKind.COMMIT, 0);
    }

    private void takeFromOthers() {
        simulation.overtaken();
        await(SumKind.COMMIT, sums.step(), this::isCommitted, this::apply);
    }

    private boolean isCommitted() {
        for (int chunk = 0; chunk < job.chunks(); chunk++) {
            if (!sums.has(SumKind.GRADIENTS, chunk)) {
                return false;
            }
        }
        return sums.has(SumKind.COMMIT, 0);
    }

    private void apply() {
        state = job.applied(state, sums.doubles(SumKind.COMMIT), sums.gradient());
        step = sums.step();
        simulation.applied(this, plan, state);
        if (lastStep == step) {
            done(Result.COMPLETE);
        } else {
            doWhatIsDue();
        }
    }
}
