package io.syncbn.proto.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * One sum in progress: takes nodes' values in any order and adds two as soon as they are siblings.
 *
 * <p>Not thread-safe. The adder is always called as (left, right), and may modify and return either argument: a value
 * offered belongs to the fold.
 */
public final class TreeFold<T> {
    private final ReductionTree tree;
    private final BinaryOperator<T> adder;
    private final Map<Node, T> waiting = new HashMap<>();
    private long leavesSeen;

    public TreeFold(ReductionTree tree, BinaryOperator<T> adder) {
        this.tree = tree;
        this.adder = adder;
    }

    /**
     * Adds a node's value.
     *
     * @return the root's value, once every leaf has been covered
     * @throws IllegalArgumentException if the tree has no such node, or one of its leaves was covered before
     */
    public Optional<T> offer(Node node, T value) {
        if (!tree.contains(node)) {
            throw new IllegalArgumentException("node " + node + " is not in a tree of " + tree.leaves() + " leaves");
        }
        if (isCovered(node)) {
            throw new IllegalArgumentException("node " + node + " came twice");
        }
        leavesSeen += Math.min(node.endLeaf(), tree.leaves()) - node.firstLeaf();
        Node at = node;
        T sum = value;
        while (at.level() < tree.root().level()) {
            if (tree.contains(at.sibling())) {
                T other = waiting.remove(at.sibling());
                if (other == null) {
                    waiting.put(at, sum);
                    return Optional.empty();
                }
                sum = at.isLeft() ? adder.apply(sum, other) : adder.apply(other, sum);
            }
            at = at.parent();
        }
        waiting.put(at, sum);
        return Optional.of(sum);
    }

    /** How many leaves are part of the sum so far. */
    public long leavesSeen() {
        return leavesSeen;
    }

    /**
     * The nodes that wait for a sibling, and their values. After a worker has folded its whole run, this is what it has
     * to send.
     */
    public Map<Node, T> waiting() {
        return Map.copyOf(waiting);
    }

    private boolean isCovered(Node node) {
        for (Node held : waiting.keySet()) {
            Node upper = held.level() >= node.level() ? held : node;
            Node lower = upper == held ? node : held;
            if (lower.position() >> (upper.level() - lower.level()) == upper.position()) {
                return true;
            }
        }
        return false;
    }
}
