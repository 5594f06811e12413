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
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * One worker of the all-reduce benchmark: sums vectors of given sizes through the coordinator, again and again, on the same
 * streams as training does. Up to {@link #MOMENTS_FLOATS} numbers go as moments do (float64, so twice the bytes; one frame),
 * larger vectors as gradients do (float32, in chunks, with the commit of their step). A worker's vectors are made once for
 * each size: what is measured is the way of a sum, not the allocation of what goes in.
 */
public final class AllReduceLoop {
    /** Largest vector that goes as moments; a wide normalization layer's are about as large. */
    static final int MOMENTS_FLOATS = 4096;

    /** Sums of moments in one step: below what a coordinator lets a step have. */
    private static final int MOMENTS_IN_A_STEP = 10_000;

    private final Collective collective;
    private final int shard;
    private long step = 1;
    private int momentsRound;

    private AllReduceLoop(Collective collective, int shard) {
        this.collective = collective;
        this.shard = shard;
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
        try (CoordinatorClient client = CoordinatorClient.connect(coordinator, Duration.ofSeconds(30))) {
            Plan plan = client.join(Join.newBuilder()
                    .setProtocolVersion(Protocol.VERSION)
                    .setFingerprint(fingerprint)
                    .setName(name)
                    .setProcessId(ProcessHandle.current().pid())
                    .build());
            try (Collective collective = client.collective(plan, workers, workers)) {
                AllReduceLoop loop = new AllReduceLoop(collective, plan.getFirstShard());
                List<AllReduceResult> results =
                        AllReduceResult.measure("syncbn", sizes, workers, rounds, nanoClock, loop::sum);
                client.finish(loop.step - 1, "");
                return results;
            }
        }
    }

    /** A sum of one size, to be run again and again. */
    private Runnable sum(int floats) {
        if (floats > MOMENTS_FLOATS) {
            List<float[]> chunks = chunks(floats);
            return () -> sumGradients(chunks);
        }
        double[] moments = new double[floats];
        return () -> {
            if (momentsRound == MOMENTS_IN_A_STEP) {
                sumGradients(chunks(1));
            }
            collective
                    .offer(Round.of(Kind.MOMENTS_FORWARD, step, momentsRound++), shard, moments)
                    .await();
        };
    }

    private static List<float[]> chunks(int floats) {
        int chunkFloats = Protocol.MAX_CHUNK_BYTES / Float.BYTES;
        return IntStream.iterate(0, first -> first < floats, first -> first + chunkFloats)
                .mapToObj(first -> new float[Math.min(chunkFloats, floats - first)])
                .toList();
    }

    /** A whole step, because a step has one gradient; its commit is part of what is measured. */
    private void sumGradients(List<float[]> chunks) {
        List<Sum<float[]>> sums = new ArrayList<>(chunks.size());
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            Round round = new Round(Kind.GRADIENTS, step, chunk, chunks.size());
            sums.add(collective.offerGradients(round, shard, chunks.get(chunk)));
        }
        Sum<double[]> commit = collective.offer(Round.of(Kind.COMMIT, step, 0), shard, new double[1]);
        sums.forEach(Sum::await);
        commit.await();
        step++;
        momentsRound = 0;
    }
}
