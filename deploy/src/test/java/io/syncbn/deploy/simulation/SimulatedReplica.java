package io.syncbn.deploy.simulation;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import io.syncbn.worker.session.Command;
import io.syncbn.worker.session.Position;
import io.syncbn.worker.session.SessionEffect;
import io.syncbn.worker.session.SessionEvent.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A worker's replica of a toy model, in place of threads and layers: it computes parts in virtual time, sends them, waits for
 * the sums and applies them.
 */
final class SimulatedReplica {
    private static final long LOST_NANOS = World.millis(720_000);
    private static final long COMMITTED_SUMS_NANOS = World.millis(1000);

    private final Simulation simulation;
    private final SimulatedWorker worker;
    private final World world;
    private final ToyJob job;

    private float[] state;
    private long step;
    private List<Double> statistics = List.of();

    private Wait wait;
    private SessionEffect.EndWaits ended;
    private long endedNanos;

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

    private record Wait(SumKind kind, long step, BooleanSupplier isOver, Runnable then) {}

    /** @param worker whose replica it is, and who is told when it comes to rest */
    SimulatedReplica(Simulation simulation, SimulatedWorker worker) {
        this.simulation = simulation;
        this.worker = worker;
        this.world = simulation.world();
        this.job = simulation.job();
        this.state = job.initialState();
    }

    long step() {
        return step;
    }

    String digest() {
        return ToyJob.digest(step, state);
    }

    Position position() {
        return new Position(step, digest(), step, statistics, 0);
    }

    /** The one that it was last dealt a place in; 0 before the first. */
    long generation() {
        return plan == null ? 0 : plan.getGeneration();
    }

    void carryOut(Command command) {
        if (command instanceof Command.Prepare prepare) {
            ended = null;
            prepare(prepare.plan());
        } else if (command instanceof Command.SendState) {
            sendState();
            worker.done(Result.COMPLETE);
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
                            simulation.tookOver(worker);
                        }
                        worker.done(Result.COMPLETE);
                    });
        } else if (command instanceof Command.Restore) {
            Simulation.Checkpoint newest = simulation.newest(new Simulation.Checkpoint(step, state));
            state = newest.state().clone();
            step = newest.step();
            worker.done(Result.COMPLETE);
        } else if (command instanceof Command.Train) {
            train();
        } else if (command instanceof Command.Rest || command instanceof Command.Keep) {
            worker.done(Result.COMPLETE);
        } else {
            throw new IllegalArgumentException("a command that nobody carries out: " + command);
        }
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
        moments = simulation.open(worker, newPlan, false);
        gradients = simulation.open(worker, newPlan, true);
        if (!worker.ailments().hangsInPrepare() || !simulation.hasAnotherReplica(worker)) {
            long readyNanos = world.between(World.millis(1), World.millis(50));
            worker.later(worker.ailments().diskNanos(readyNanos), () -> worker.done(Result.COMPLETE));
        }
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
        worker.later(LOST_NANOS, () -> {
            if (wait == begun) {
                worker.broken(generation, kind + " has not come");
            }
        });
    }

    void endWaits(SessionEffect.EndWaits end) {
        ended = end;
        endedNanos = world.nowNanos();
        worker.later(COMMITTED_SUMS_NANOS, this::look);
        look();
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
            wait = null;
            worker.done(Result.ABANDONED);
        }
    }

    private boolean isSpared() {
        return wait.kind.isOfStep()
                && wait.step <= ended.committedStep()
                && world.nowNanos() < endedNanos + COMMITTED_SUMS_NANOS;
    }

    private void compute(double millis, Runnable then) {
        worker.later(
                World.millis(millis
                        * worker.ailments().slowness()
                        * (0.5 + world.random().nextDouble())),
                then);
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
            worker.later(worker.ailments().diskNanos(0), () -> worker.done(Result.JOB_DONE));
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
        simulation.applied(worker, plan, state);
        if (lastStep == step) {
            worker.done(Result.COMPLETE);
        } else {
            doWhatIsDue();
        }
    }
}
