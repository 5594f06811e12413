package io.syncbn.proto.rounds;

import io.syncbn.proto.sums.Groupings;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.FrameHeader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Which frames a worker may send in a generation: every check that does not depend on earlier frames. */
final class FrameRules {
    private final Assignment assignment;
    private final Groupings groupings;
    private final List<int[]> leavesOfGroups;
    private final int[] allLeaves;
    /** By shard: the worker that owns it. */
    private final int[] owners;

    private final List<List<Integer>> workersOfGroups;
    private final List<Integer> allWorkers;

    FrameRules(Assignment assignment, int groupSize) {
        this.assignment = assignment;
        groupings = Groupings.of(assignment.shards(), groupSize);
        Grouping groups = groupings.groups();
        Grouping all = groupings.all();
        leavesOfGroups = IntStream.range(0, groups.groups())
                .mapToObj(group -> leavesIn(groups.runOf(group)))
                .toList();
        allLeaves = leavesIn(all.runOf(0));
        owners = new int[assignment.shards()];
        for (int worker = 0; worker < assignment.workers(); worker++) {
            Arrays.fill(owners, run(worker).first(), run(worker).end(), worker);
        }
        workersOfGroups = IntStream.range(0, groups.groups())
                .mapToObj(group -> workersWith(groups.runOf(group)))
                .toList();
        allWorkers = workersWith(all.runOf(0));
    }

    /**
     * Whether a frame is stale: of an earlier generation, of a committed step, or of a state that has been forwarded.
     * Late or repeated frames of this kind are no error.
     */
    boolean isPast(FrameHeader header, long committedStep) {
        return header.generation() < assignment.generation()
                || header.generation() == assignment.generation()
                        && header.step() < header.kind().stepAfter(committedStep);
    }

    /**
     * What is wrong with a frame that is not past, as in "worker-1 (shards 2 to 3) sent …" without the name; else
     * empty.
     */
    Optional<String> problem(int worker, FrameHeader header, long committedStep) {
        if (header.generation() != assignment.generation()) {
            return differs("generation", header.generation(), assignment.generation());
        }
        if (!header.kind().isSentInParts()) {
            return Optional.of("sent what no worker sends in a step");
        }
        long step = header.kind().stepAfter(committedStep);
        if (header.step() != step) {
            return differs("step", header.step(), step);
        }
        int indices = header.kind().most();
        if (header.index() >= indices) {
            return Optional.of("sent index " + header.index() + ", expected below " + indices);
        }
        int most = header.kind().isInChunks() ? indices : 1;
        if (header.of() < 1 || header.of() > most) {
            return Optional.of("sent a sum of " + header.of() + " chunks, expected 1 to " + most);
        }
        if (header.kind().isInChunks() && header.index() >= header.of()) {
            return Optional.of("sent chunk " + header.index() + ", expected below " + header.of());
        }
        if (header.group() >= groupings.of(header.kind()).groups()) {
            return Optional.of("sent group " + header.group() + ", expected below "
                    + groupings.of(header.kind()).groups());
        }
        return isOwn(worker, header)
                ? Optional.empty()
                : Optional.of("sent node " + header.node() + " of group " + header.group()
                        + ", expected a node within one of its runs of shards");
    }

    ReductionTree tree(FrameHeader header) {
        return groupings.of(header.kind()).treeOf(header.group());
    }

    /** The worker that owns the shards of a valid frame, whoever sent it. */
    int owner(FrameHeader header) {
        return owners[
                groupings.of(header.kind()).firstShardOf(header.group())
                        + (int) header.node().firstLeaf()];
    }

    /** How many leaves of the frame's tree each worker owns; not to be modified. */
    int[] leaves(FrameHeader header) {
        return header.kind().isOfGroup() ? leavesOfGroups.get(header.group()) : allLeaves;
    }

    /** The workers that have shards in the frame's tree, as owner or as backup. */
    List<Integer> workersIn(FrameHeader header) {
        return header.kind().isOfGroup() ? workersOfGroups.get(header.group()) : allWorkers;
    }

    private int[] leavesIn(ShardRun group) {
        return IntStream.range(0, assignment.workers())
                .map(worker -> run(worker).overlap(group))
                .toArray();
    }

    private List<Integer> workersWith(ShardRun group) {
        return IntStream.range(0, assignment.workers())
                .filter(worker -> run(worker).overlap(group) > 0
                        || backupRun(worker)
                                .filter(run -> run.overlap(group) > 0)
                                .isPresent())
                .boxed()
                .toList();
    }

    String name(int worker) {
        return assignment.seats().get(worker).toString();
    }

    private static Optional<String> differs(String what, long came, long expected) {
        return Optional.of("sent " + what + " " + came + ", expected " + expected);
    }

    private ShardRun run(int worker) {
        return assignment.seats().get(worker).run();
    }

    private Optional<ShardRun> backupRun(int worker) {
        return assignment.seats().get(worker).backupRun();
    }

    /**
     * Whether the node exists, and its shards lie all in the worker's own run or all in the run it is the backup for.
     */
    private boolean isOwn(int worker, FrameHeader header) {
        if (!tree(header).contains(header.node())) {
            return false;
        }
        ShardRun shards = groupings.of(header.kind()).runUnder(header.group(), header.node());
        return run(worker).contains(shards)
                || backupRun(worker).filter(run -> run.contains(shards)).isPresent();
    }
}
