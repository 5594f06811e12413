package io.syncbn.worker.collective;

import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.sums.Groupings;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Sums over the shards of a cluster in one generation: sends the nodes that cover each of this worker's runs of shards
 * to the coordinator, which returns roots. States of replicas travel the same way.
 */
public final class RemoteCollective extends FoldingCollective {
    /** How long the sums of a committed step may take to arrive after the generation's end. */
    private static final long COMMITTED_SUMS_MILLIS = 1000;

    /**
     * A sum this late will not come: others may be slow, but a delay this long means a dead connection that nobody has
     * closed.
     */
    private static final long LOST_NANOS = Duration.ofMinutes(12).toNanos();

    private static final long LOOK_SECONDS = 30;
    private static final long NO_STEP = -1;

    private final Plan plan;
    private final EventLoopGroup background;
    private final DataStreams streams;
    private final StateTransfer state;
    private final ScheduledFuture<?> lookout;
    private volatile long lastStep = NO_STEP;
    private volatile long doneStep = NO_STEP;

    /**
     * Opens the streams.
     *
     * @param background runs the connection for bulk
     * @param nanoClock monotonic
     * @param whenBroken receives the reason when a stream breaks
     * @throws AbandonedException if the coordinator can no longer be reached
     */
    public RemoteCollective(
            Address address,
            EventLoopGroup background,
            Plan plan,
            int shards,
            int groupSize,
            LongSupplier nanoClock,
            Consumer<String> whenBroken) {
        this(
                new DataStreams(address, background),
                background,
                plan,
                Groupings.of(shards, groupSize),
                nanoClock,
                whenBroken);
    }

    private RemoteCollective(
            DataStreams streams,
            EventLoopGroup background,
            Plan plan,
            Groupings groupings,
            LongSupplier nanoClock,
            Consumer<String> whenBroken) {
        super(groupings, ShardRun.of(plan), streams.waiting(), nanoClock);
        this.plan = plan;
        this.background = background;
        this.streams = streams;
        state = new StateTransfer(plan, this);
        Optional<String> problem = streams.connect();
        if (problem.isPresent()) {
            streams.close();
            whenBroken.accept(problem.get());
            throw new AbandonedException(problem.get());
        }
        streams.open(plan, this::received, (kind, reason) -> broken(kind, reason, whenBroken));
        lookout = background
                .next()
                .scheduleAtFixedRate(
                        () -> lookForLost(nanoClock.getAsLong(), whenBroken),
                        LOOK_SECONDS,
                        LOOK_SECONDS,
                        TimeUnit.SECONDS);
    }

    private void broken(StreamKind kind, String reason, Consumer<String> whenBroken) {
        fail(reason, kind);
        if (kind == SumKind.STATE.stream()) {
            state.fail(reason);
        }
        waiting.wake();
        whenBroken.accept(reason);
    }

    private void lookForLost(long nowNanos, Consumer<String> whenBroken) {
        handedOnBefore(nowNanos - LOST_NANOS)
                .ifPresent(round -> whenBroken.accept(
                        round + " has not come for " + TimeUnit.NANOSECONDS.toMinutes(LOST_NANOS) + " minutes"));
    }

    @Override
    boolean isCompleteHere(SumKind kind) {
        return kind.isKeptByOnlyWorker();
    }

    @Override
    <T> void send(Round round, int group, Map<Node, T> nodes, Function<T, Payload> payload) {
        DataStream stream = streams.of(round.kind());
        nodes.forEach((node, values) -> stream.send(DataFrame.of(
                new FrameHeader(
                        plan.getGeneration(), round.step(), round.kind(), round.index(), group, node, round.of()),
                payload.apply(values))));
        streams.flush();
    }

    private void received(DataFrame frame) {
        FrameHeader header = frame.header();
        if (header.generation() != plan.getGeneration()) {
            fail(header + " came from the coordinator in generation " + plan.getGeneration());
            return;
        }
        switch (header.kind()) {
            case STATE -> {
                state.take(frame);
                waiting.wake();
            }
            case COMMIT -> committed(frame);
            case LAST_COMMIT -> {
                lastStep = header.step();
                committed(frame);
            }
            case MOMENTS_FORWARD, MOMENTS_BACKWARD, GRADIENTS, EVALUATION, DATA_STATISTICS, PASS_MOMENTS, POPULATION ->
                complete(
                        new Round(header.kind(), header.step(), header.index(), header.of()),
                        header.group(),
                        frame.payload());
        }
    }

    /** Does not affect shards that have done all their work of the step. */
    private void committed(DataFrame commit) {
        long step = commit.header().step();
        complete(Round.commit(step), 0, commit.payload());
        overtake(step);
    }

    @Override
    public void done(long step) {
        super.done(step);
        doneStep = step;
    }

    /** The last step done in this generation; negative before the first. Thread-safe. */
    public long doneStep() {
        return doneStep;
    }

    @Override
    public boolean endsWith(long step) {
        return lastStep == step;
    }

    @Override
    public void fail(String reason) {
        super.fail(reason);
        state.fail(reason);
        waiting.wake();
    }

    /**
     * Fails every wait, because the generation is over. Waits for sums of steps that the coordinator has committed may
     * go on a little longer, because these are on their way. Thread-safe.
     */
    public void endAfter(long lastCommittedStep, String reason) {
        fail(reason, round -> round.lastStep() <= lastCommittedStep);
        state.fail(reason);
        waiting.wake();
        background.next().schedule(() -> fail(reason), COMMITTED_SUMS_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Sends a state to the workers that are behind, no faster than the connection takes it.
     *
     * @throws AbandonedException if nobody waits for it any longer
     */
    public void sendState(long step, float[] values) {
        state.send(streams.of(SumKind.STATE), step, values);
    }

    /**
     * Waits for the state that another worker sends.
     *
     * @throws AbandonedException if it will not come
     */
    public float[] awaitState() {
        return state.await();
    }

    @Override
    public void close() {
        lookout.cancel(false);
        streams.close();
    }
}
