package io.syncbn.deploy.bench;

import io.syncbn.proto.Protocol;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.CoordinatorClient;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One worker of the all-reduce benchmark: sums vectors of given sizes through the coordinator, again and again, on the same
 * streams as training does. Up to {@link #MOMENTS_FLOATS} numbers go as moments do (float64, one frame), larger vectors as
 * gradients do (float32, in chunks).
 */
public final class AllReduceLoop {
    /** Largest vector that goes as moments; a wide normalization layer's are about as large. */
    static final int MOMENTS_FLOATS = 4096;

    /** Rounds left out at the start of each size, as a part of all: the same part as the peer leaves out. */
    private static final int WARM_UP_PART = 5;

    private final Collective collective;
    private final int shard;
    private final LongSupplier nanoClock;
    private long step = 1;
    private int momentsRound;

    private AllReduceLoop(Collective collective, int shard, LongSupplier nanoClock) {
        this.collective = collective;
        this.shard = shard;
        this.nanoClock = nanoClock;
    }

    /**
     * Joins, measures every size, and leaves.
     *
     * @param fingerprint of the coordinator's job, whose settings do not matter here
     * @param rounds of each size, warm-up included
     */
    public static List<AllReduceResult> run(
            Address coordinator,
            String fingerprint,
            String name,
            int workers,
            List<Integer> sizes,
            int rounds,
            LongSupplier nanoClock) {
        try (CoordinatorClient client = CoordinatorClient.connect(coordinator, Duration.ofSeconds(30))) {
            Plan plan = client.join(Join.newBuilder()
                    .setProtocolVersion(Protocol.VERSION)
                    .setFingerprint(fingerprint)
                    .setName(name)
                    .setProcessId(ProcessHandle.current().pid())
                    .build());
            List<AllReduceResult> results = new ArrayList<>();
            long steps;
            try (Collective collective = client.collective(plan, workers, workers)) {
                AllReduceLoop loop = new AllReduceLoop(collective, plan.getFirstShard(), nanoClock);
                for (int floats : sizes) {
                    double[] micros = loop.measure(floats, rounds);
                    results.add(AllReduceResult.of(floats, workers, micros));
                }
                steps = loop.step - 1;
                client.finish(steps, "");
            }
            return results;
        }
    }

    private double[] measure(int floats, int rounds) {
        double[] micros = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = nanoClock.getAsLong();
            if (floats <= MOMENTS_FLOATS) {
                sumMoments(floats);
            } else {
                sumGradients(floats);
            }
            micros[i] = (nanoClock.getAsLong() - start) / 1e3;
        }
        return Arrays.copyOfRange(micros, rounds / WARM_UP_PART, rounds);
    }

    private void sumMoments(int floats) {
        collective
                .offer(Round.of(Kind.MOMENTS_FORWARD, step, momentsRound++), shard, new double[floats])
                .await();
    }

    /** A whole step, because a step has one gradient; its commit is part of what is measured. */
    private void sumGradients(int floats) {
        int chunkFloats = Protocol.MAX_CHUNK_BYTES / Float.BYTES;
        int chunks = (floats + chunkFloats - 1) / chunkFloats;
        List<Sum<float[]>> sums = new ArrayList<>(chunks);
        for (int chunk = 0; chunk < chunks; chunk++) {
            int length = Math.min(chunkFloats, floats - chunk * chunkFloats);
            sums.add(collective.offerGradients(
                    new Round(Kind.GRADIENTS, step, chunk, chunks), shard, new float[length]));
        }
        Sum<double[]> commit = collective.offer(Round.of(Kind.COMMIT, step, 0), shard, new double[1]);
        sums.forEach(Sum::await);
        commit.await();
        step++;
    }
}
