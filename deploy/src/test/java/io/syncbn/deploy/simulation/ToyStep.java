package io.syncbn.deploy.simulation;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.tree.TreeFold;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The sums of one step, evaluation or data statistics of one worker: what it offers and what it has received. A simulated
 * worker's counterpart of collective and shards, with the real tree and real frames.
 */
final class ToyStep {
    private record Key(SumKind kind, int index, int group) {}

    private final ToyJob job;
    private final Plan plan;
    private final long step;
    private final Map<Key, Payload> roots = new HashMap<>();

    ToyStep(ToyJob job, Plan plan, long step) {
        this.job = job;
        this.plan = plan;
        this.step = step;
    }

    long step() {
        return step;
    }

    /** Of a sum that there is one of. */
    List<DataFrame> offer(SumKind kind, IntFunction<Payload> parts) {
        return offer(kind, 0, 1, parts);
    }

    /** Folds the parts of this worker's shards, each run by itself, and gives the frames that others need. */
    List<DataFrame> offer(SumKind kind, int index, int of, IntFunction<Payload> parts) {
        List<DataFrame> frames = new ArrayList<>();
        for (ShardRun run : ShardRun.of(plan)) {
            frames.addAll(offer(run, kind, index, of, parts));
        }
        return frames;
    }

    private List<DataFrame> offer(ShardRun run, SumKind kind, int index, int of, IntFunction<Payload> parts) {
        boolean isMoments = kind.isOfGroup();
        Grouping grouping = isMoments ? job.groups() : job.all();
        Map<Integer, TreeFold<Payload>> folds = new HashMap<>();
        run.shards().forEach(shard -> {
            int group = grouping.groupOf(shard);
            folds.computeIfAbsent(group, absent -> new TreeFold<>(grouping.treeOf(group), Payload::add))
                    .offer(new Node(0, grouping.positionOf(shard)), parts.apply(shard));
        });
        List<DataFrame> frames = new ArrayList<>();
        folds.forEach((group, fold) -> {
            if (roots.containsKey(new Key(kind, index, group))) {
                return; // others were faster
            }
            Map<Node, Payload> nodes = fold.waiting();
            Payload root =
                    kind.isKeptByOnlyWorker() ? nodes.get(grouping.treeOf(group).root()) : null;
            if (root != null) {
                roots.put(new Key(kind, index, group), root);
                return;
            }
            nodes.forEach((node, value) -> frames.add(new DataFrame(
                    new FrameHeader(plan.getGeneration(), step, kind, index, group, node, of), value, 0)));
        });
        return frames;
    }

    void received(DataFrame frame) {
        FrameHeader header = frame.header();
        SumKind kind = header.kind() == SumKind.LAST_COMMIT ? SumKind.COMMIT : header.kind();
        if (header.step() == step) {
            roots.putIfAbsent(new Key(kind, header.index(), header.group()), frame.payload());
        }
    }

    /** Whether the sums of all groups of this worker's shards are there. */
    boolean has(SumKind kind, int index) {
        boolean isMoments = kind.isOfGroup();
        Grouping grouping = isMoments ? job.groups() : job.all();
        return ShardRun.of(plan).stream()
                .flatMapToInt(ShardRun::shards)
                .allMatch(shard -> roots.containsKey(new Key(kind, index, grouping.groupOf(shard))));
    }

    /** The sum of the moments of a shard's group. */
    double[] moments(SumKind kind, int index, int shard) {
        return ((Payload.Float64) roots.get(new Key(kind, index, job.groups().groupOf(shard)))).values();
    }

    double[] doubles(SumKind kind) {
        return ((Payload.Float64) roots.get(new Key(kind, 0, 0))).values();
    }

    List<float[]> gradient() {
        List<float[]> gradient = new ArrayList<>();
        for (int chunk = 0; chunk < job.chunks(); chunk++) {
            gradient.add(((Payload.Float32) roots.get(new Key(SumKind.GRADIENTS, chunk, 0))).values());
        }
        return gradient;
    }

    /** A frame whose numbers may be changed without changing those of the original. */
    static DataFrame copy(DataFrame frame) {
        Payload payload = frame.payload() instanceof Payload.Float64 wide
                ? new Payload.Float64(wide.values().clone())
                : new Payload.Float32(
                        ((Payload.Float32) frame.payload()).values().clone());
        return new DataFrame(frame.header(), payload, frame.checksum());
    }
}
