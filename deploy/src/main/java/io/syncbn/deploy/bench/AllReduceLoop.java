package io.syncbn.deploy.bench;

import io.syncbn.proto.net.Address;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.Chunks;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.Report;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.session.Identity;
import io.syncbn.worker.session.JoinRequest;
import io.syncbn.worker.session.Position;
import io.syncbn.worker.session.SessionTimeouts;
import io.syncbn.worker.session.Sizes;
import io.syncbn.worker.session.client.ControlledReplica;
import io.syncbn.worker.session.client.SessionRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * One worker of the all-reduce benchmark: sums vectors of given sizes through the coordinator, again and again, on the
 * same streams as training does. Up to {@link #MOMENTS_FLOATS} numbers go as moments do (float64, so twice the bytes;
 * one frame), larger vectors as gradients do (float32, in chunks, with the commit of their step). A worker's vectors
 * are made once for each size: what is measured is the sum, not the allocation of its input.
 */
public final class AllReduceLoop implements ControlledReplica {
    /** Largest vector that goes as moments; a wide normalization layer's are about as large. */
    static final int MOMENTS_FLOATS = 4096;

    /** Sums of moments in one step; below the coordinator's limit. */
    private static final int MOMENTS_IN_A_STEP = 10_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Integer> sizes;
    private final int rounds;
    private final LongSupplier nanoClock;
    private final List<AllReduceResult> results = new ArrayList<>();
    private Collective collective;
    private Plan plan;
    private long step = 1;
    private int momentsRound;

    private AllReduceLoop(List<Integer> sizes, int rounds, LongSupplier nanoClock) {
        this.sizes = sizes;
        this.rounds = rounds;
        this.nanoClock = nanoClock;
    }

    /**
     * Joins, measures every size, and leaves.
     *
     * @param fingerprint of the coordinator's job, whose settings do not matter here
     * @param rounds measured of a small vector; see {@link SumPlan}
     */
    public static List<AllReduceResult> run(
            Address coordinator,
            String fingerprint,
            String name,
            int workers,
            List<Integer> sizes,
            int rounds,
            LongSupplier nanoClock) {
        AllReduceLoop loop = new AllReduceLoop(sizes, rounds, nanoClock);
        JoinRequest introduction = new JoinRequest(
                fingerprint,
                new Identity("", "", "", ""),
                name,
                "",
                ProcessHandle.current().pid(),
                Sizes.NONE);
        try (SessionRunner session = new SessionRunner(
                introduction,
                new SessionTimeouts(PATIENCE, PATIENCE, PATIENCE),
                coordinator,
                workers,
                workers,
                nanoClock,
                Report::getDefaultInstance,
                reason -> {})) {
            session.run(loop);
        }
        return loop.results;
    }

    /** There is no model: all workers are in the same state whenever they have done the same steps. */
    @Override
    public Position position() {
        return new Position(step - 1, "", 0, List.of(), 0);
    }

    @Override
    public void rest() {}

    /** A benchmark that has lost its workers has nothing to go back to. */
    @Override
    public void restore() {}

    @Override
    public void prepare(Plan next, Collective sums) {
        plan = next;
        collective = sums;
    }

    @Override
    public float[] state() {
        return new float[0];
    }

    @Override
    public void takeState(Align align, float[] state) {
        step = align.getStep() + 1;
    }

    @Override
    public boolean train() {
        results.clear();
        momentsRound = 0;
        results.addAll(AllReduceResult.measure("syncbn", sizes, plan.getWorkers(), rounds, nanoClock, this::sum));
        return true;
    }

    @Override
    public void keepCheckpoint(boolean isChosen) {}

    /** A sum of one size, to be run again and again. */
    private Runnable sum(int floats) {
        if (floats > MOMENTS_FLOATS) {
            List<Chunk> chunks = chunks(floats);
            return () -> sumGradients(chunks);
        }
        double[] moments = new double[floats];
        return () -> {
            if (momentsRound == MOMENTS_IN_A_STEP) {
                sumGradients(chunks(1));
            }
            collective
                    .offer(Round.of(SumKind.MOMENTS_FORWARD, step, momentsRound++), plan.getFirstShard(), moments)
                    .await();
        };
    }

    /** Cut as training cuts its gradient. */
    static List<Chunk> chunks(int floats) {
        Chunks chunks = Chunks.ofGradient(floats);
        float[] gradient = new float[floats];
        return IntStream.range(0, chunks.count())
                .mapToObj(chunk -> chunks.of(gradient, chunk))
                .toList();
    }

    /** A whole step, because a step has one gradient; its commit is part of what is measured. */
    private void sumGradients(List<Chunk> chunks) {
        List<Sum<Chunk>> sums = new ArrayList<>(chunks.size());
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            Round round = new Round(SumKind.GRADIENTS, step, chunk, chunks.size());
            sums.add(collective.offerGradients(round, plan.getFirstShard(), chunks.get(chunk)));
        }
        Sum<double[]> commit = collective.offer(Round.of(SumKind.COMMIT, step, 0), plan.getFirstShard(), new double[1]);
        sums.forEach(Sum::await);
        commit.await();
        collective.done(step);
        step++;
        momentsRound = 0;
    }
}
