package io.syncbn.proto.rounds;

import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.tree.TreeFold;
import io.syncbn.proto.wire.Payload;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** One sum in progress. Owns the payloads offered to it until it returns the root. */
public final class Round {
    private final RoundId id;
    private final int elements;
    private final String firstSender;
    private final int leaves;
    private final TreeFold<Payload> fold;
    private final Set<Node> parts = new HashSet<>();
    private final Arrivals arrivals;

    /** @param firstSender the worker whose part opens the round and sets the number of elements */
    Round(RoundId id, ReductionTree tree, int elements, String firstSender, Arrivals arrivals) {
        this.id = id;
        this.elements = elements;
        this.firstSender = firstSender;
        this.leaves = tree.leaves();
        this.fold = new TreeFold<>(tree, Payload::add);
        this.arrivals = arrivals;
    }

    public RoundId id() {
        return id;
    }

    public Arrivals arrivals() {
        return arrivals;
    }

    /** How much has arrived, as text for messages. */
    public String progress() {
        return fold.leavesSeen() + " of " + leaves + " shards";
    }

    /** Whether this node's value is part of the sum already. */
    boolean has(Node node) {
        return parts.contains(node);
    }

    /** What is wrong with a part, or empty. */
    Optional<String> problem(int partElements) {
        if (partElements != elements) {
            return Optional.of("sent " + partElements + " numbers, expected " + elements + " as from " + firstSender);
        }
        return Optional.empty();
    }

    /**
     * Adds a part.
     *
     * @param owner the worker that owns the node
     * @throws IllegalArgumentException if a leaf of the node is part of the sum already
     */
    Optional<Payload> offer(int owner, Node node, Payload part, long nowNanos) {
        long before = fold.leavesSeen();
        Optional<Payload> root = fold.offer(node, part);
        parts.add(node);
        arrivals.came(owner, (int) (fold.leavesSeen() - before), nowNanos);
        return root;
    }
}
