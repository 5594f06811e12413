package io.syncbn.deploy.benchmarks;

import io.syncbn.coordinator.rounds.GenerationSums;
import io.syncbn.coordinator.rounds.RoundEffect;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Assignment.Seat;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One sum in the coordinator, from its workers' frames to the root's, whose checksum is the larger part for a chunk. */
@State(Scope.Thread)
public class Reduction {
    /** Far below what a step may have; what the rounds remember of a step stays small. */
    private static final int SUMS_IN_A_STEP = 1000;

    @Param({"2", "4"})
    public int workers;

    /** The moments of a layer of 64 channels, and a chunk of the gradient. */
    @Param({"129 float64", "65536 float32"})
    public String payload;

    private Assignment assignment;
    private SumKind kind;
    private List<Payload> parts;
    private GenerationSums rounds;
    private int sums;

    @Setup
    public void setUp() {
        int length = Integer.parseInt(payload.substring(0, payload.indexOf(' ')));
        kind = payload.endsWith("float32") ? SumKind.GRADIENTS : SumKind.MOMENTS_FORWARD;
        List<Seat> seats = new ArrayList<>();
        parts = new ArrayList<>();
        for (ShardRun run : ShardRun.deal(workers, workers)) {
            seats.add(new Seat("worker-" + seats.size(), run));
            // Zeros stay zeros, however often the sum is taken of the same arrays.
            parts.add(Payload.zeros(kind, length));
        }
        assignment = new Assignment(1, seats);
        sums = SUMS_IN_A_STEP;
    }

    @Benchmark
    public List<RoundEffect> offer() {
        if (sums == SUMS_IN_A_STEP) {
            rounds = new GenerationSums(assignment, workers, 0, 0);
            sums = 0;
        }
        List<RoundEffect> effects = List.of();
        for (int worker = 0; worker < workers; worker++) {
            int of = kind == SumKind.GRADIENTS ? SUMS_IN_A_STEP : 1;
            FrameHeader header = new FrameHeader(1, 1, kind, sums, 0, new Node(0, worker), of);
            effects = rounds.offer(worker, new DataFrame(header, parts.get(worker), 0), 0);
        }
        if (effects.size() != 1 || !(effects.get(0) instanceof RoundEffect.Send)) {
            throw new IllegalStateException("the sum should be complete, but there is " + effects);
        }
        sums++;
        return effects;
    }
}
