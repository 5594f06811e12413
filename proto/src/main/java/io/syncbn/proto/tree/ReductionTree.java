package io.syncbn.proto.tree;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a sum over {@code leaves} shards: which nodes exist, and which of them cover a run of shards.
 *
 * @param leaves number of shards; at least 1
 */
public record ReductionTree(int leaves) {

    public ReductionTree {
        if (leaves < 1) {
            throw new IllegalArgumentException("a tree needs at least 1 leaf, not " + leaves);
        }
    }

    public Node root() {
        return new Node(32 - Integer.numberOfLeadingZeros(leaves - 1), 0);
    }

    /** Whether at least one of the node's leaves exists. */
    public boolean contains(Node node) {
        return node.level() <= root().level() && node.firstLeaf() < leaves;
    }

    /**
     * The fewest complete nodes that cover the leaves {@code first … first + count − 1}, from left to right. A node is
     * complete when all of its leaves that exist lie in the run.
     */
    public List<Node> cover(int first, int count) {
        if (first < 0 || count < 0 || first + count > leaves) {
            throw new IllegalArgumentException(
                    "leaves " + first + " to " + (first + count - 1) + " of a tree with " + leaves);
        }
        List<Node> nodes = new ArrayList<>();
        int end = first + count;
        int next = first;
        while (next < end) {
            Node node = new Node(0, next);
            while (node.level() < root().level()
                    && node.parent().firstLeaf() == next
                    && Math.min(node.parent().endLeaf(), leaves) <= end) {
                node = node.parent();
            }
            nodes.add(node);
            next = (int) Math.min(node.endLeaf(), leaves);
        }
        return nodes;
    }
}
