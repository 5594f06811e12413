package io.syncbn.coordinator.rounds;

import io.syncbn.coordinator.membership.Assignment;
import io.syncbn.coordinator.membership.ShardRun;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.wire.FrameHeader;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Which frames a worker may send in a generation: all that can be said of one without knowing those before it. */
final class FrameRules {
    /** Layers, or chunks of the gradient, in a step: bounds the rounds that can be open. As chunks, 16 GiB of gradient. */
    static final int MAX_ROUNDS_OF_A_KIND = 1 << 16;

    private final Assignment assignment;
    private final Grouping groups;
    private final Grouping all;
    private final List<int[]> leavesOfGroups;
    private final int[] allLeaves;
    private final List<List<Integer>> workersOfGroups;
    private final List<Integer> allWorkers;

    FrameRules(Assignment assignment, int groupSize) {
        this.assignment = assignment;
        groups = new Grouping(assignment.shards(), groupSize);
        all = Grouping.all(assignment.shards());
        leavesOfGroups = IntStream.range(0, groups.groups())
                .mapToObj(group -> leavesIn(groups, group))
                .toList();
        allLeaves = leavesIn(all, 0);
        workersOfGroups = leavesOfGroups.stream().map(FrameRules::workersWith).toList();
        allWorkers = workersWith(allLeaves);
    }

    /**
     * Whether a frame is one that was right before: of an earlier generation, of a step that is committed, or of a state
     * that has been handed on. It may come late or again, and is nobody's fault.
     */
    boolean isPast(FrameHeader header, long committedStep) {
        return header.generation() < assignment.generation()
                || header.generation() == assignment.generation()
                        && header.kind() != Kind.DATA_STATISTICS
                        && header.step() < (header.kind() == Kind.EVALUATION ? committedStep : committedStep + 1);
    }

    /** What is wrong with a frame that is not past, as in "worker-1 (shards 2 to 3) sent …", without the name; or empty. */
    Optional<String> problem(int worker, FrameHeader header, long committedStep) {
        if (header.generation() != assignment.generation()) {
            return differs("generation", header.generation(), assignment.generation());
        }
        if (header.kind() == Kind.LAST_COMMIT || header.kind() == Kind.STATE) {
            return Optional.of("sent what no worker sends in a step");
        }
        if (header.step() != expectedStep(header.kind(), committedStep)) {
            return differs("step", header.step(), expectedStep(header.kind(), committedStep));
        }
        int indices = isNumbered(header.kind()) ? MAX_ROUNDS_OF_A_KIND : 1;
        if (header.index() >= indices) {
            return Optional.of("sent index " + header.index() + ", expected below " + indices);
        }
        int most = header.kind() == Kind.GRADIENTS ? MAX_ROUNDS_OF_A_KIND : 1;
        if (header.of() < 1 || header.of() > most) {
            return Optional.of("sent a sum of " + header.of() + " chunks, expected 1 to " + most);
        }
        if (header.kind() == Kind.GRADIENTS && header.index() >= header.of()) {
            return Optional.of("sent chunk " + header.index() + ", expected below " + header.of());
        }
        if (header.group() >= grouping(header.kind()).groups()) {
            return Optional.of("sent group " + header.group() + ", expected below "
                    + grouping(header.kind()).groups());
        }
        return isOwn(worker, header)
                ? Optional.empty()
                : Optional.of("sent node " + header.node() + " of group " + header.group()
                        + ", expected a node within its own shards");
    }

    ReductionTree tree(FrameHeader header) {
        return grouping(header.kind()).treeOf(header.group());
    }

    /** How many leaves of the frame's tree are each worker's; not to be changed. */
    int[] leaves(FrameHeader header) {
        return isMoments(header.kind()) ? leavesOfGroups.get(header.group()) : allLeaves;
    }

    /** The workers that have shards in the frame's tree. */
    List<Integer> workersIn(FrameHeader header) {
        return isMoments(header.kind()) ? workersOfGroups.get(header.group()) : allWorkers;
    }

    private int[] leavesIn(Grouping grouping, int group) {
        int first = grouping.firstShardOf(group);
        int end = first + grouping.sizeOf(group);
        return IntStream.range(0, assignment.workers())
                .map(worker -> Math.max(
                        0,
                        Math.min(run(worker).end(), end) - Math.max(run(worker).first(), first)))
                .toArray();
    }

    private static List<Integer> workersWith(int[] leaves) {
        return IntStream.range(0, leaves.length)
                .filter(worker -> leaves[worker] > 0)
                .boxed()
                .toList();
    }

    String name(int worker) {
        return assignment.seats().get(worker).toString();
    }

    private static Optional<String> differs(String what, long came, long expected) {
        return Optional.of("sent " + what + " " + came + ", expected " + expected);
    }

    private static long expectedStep(Kind kind, long committedStep) {
        return switch (kind) {
            case MOMENTS_FORWARD, MOMENTS_BACKWARD, GRADIENTS, COMMIT -> committedStep + 1;
            case EVALUATION -> committedStep;
            case DATA_STATISTICS -> 0;
            case LAST_COMMIT, STATE, KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException(kind + " is no sum of a worker");
        };
    }

    private static boolean isNumbered(Kind kind) {
        return isMoments(kind) || kind == Kind.GRADIENTS;
    }

    private static boolean isMoments(Kind kind) {
        return kind == Kind.MOMENTS_FORWARD || kind == Kind.MOMENTS_BACKWARD;
    }

    private Grouping grouping(Kind kind) {
        return isMoments(kind) ? groups : all;
    }

    private ShardRun run(int worker) {
        return assignment.seats().get(worker).run();
    }

    /** Whether the node exists and all its shards are the worker's. */
    private boolean isOwn(int worker, FrameHeader header) {
        ReductionTree tree = tree(header);
        Node node = header.node();
        if (!tree.contains(node)) {
            return false;
        }
        long firstShard = grouping(header.kind()).firstShardOf(header.group());
        long first = firstShard + node.firstLeaf();
        long end = firstShard + Math.min(node.firstLeaf() + (1L << node.level()), tree.leaves());
        return first >= run(worker).first() && end <= run(worker).end();
    }
}
