package io.syncbn.coordinator.rounds;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.FrameHeader;
import java.util.List;

/**
 * Who may send what in a generation, by the protocol's definition: the fewest nodes that cover a run, for each run
 * alone.
 */
record RightParts(Assignment assignment) {

    /** The nodes of a group's tree that cover what an owner's run has of it. */
    List<Node> of(int owner, Grouping grouping, int group) {
        return of(assignment.seats().get(owner).run(), grouping, group);
    }

    private static List<Node> of(ShardRun run, Grouping grouping, int group) {
        int groupFirst = grouping.firstShardOf(group);
        int first = Math.max(0, run.first() - groupFirst);
        int end = Math.min(grouping.sizeOf(group), run.end() - groupFirst);
        return first < end ? grouping.treeOf(group).cover(first, end - first) : List.of();
    }

    boolean isOwn(int worker, Grouping grouping, FrameHeader header) {
        return of(worker, grouping, header.group()).contains(header.node());
    }

    boolean mayBeSentBy(int worker, Grouping grouping, FrameHeader header) {
        return isOwn(worker, grouping, header)
                || assignment.seats().get(worker).backupRun().stream()
                        .anyMatch(run -> of(run, grouping, header.group()).contains(header.node()));
    }

    boolean takesPart(int worker, Grouping grouping, int group) {
        return !of(worker, grouping, group).isEmpty()
                || assignment.seats().get(worker).backupRun().stream()
                        .anyMatch(run -> !of(run, grouping, group).isEmpty());
    }
}
