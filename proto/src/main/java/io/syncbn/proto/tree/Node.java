package io.syncbn.proto.tree;

/**
 * A place in a {@link ReductionTree}.
 *
 * @param level 0 for a leaf
 * @param position counted from the left within the level; the node covers leaves {@code position << level} up to but not
 *     including {@code (position + 1) << level}
 */
public record Node(int level, int position) {

    public Node {
        if (level < 0 || level > 30 || position < 0) {
            throw new IllegalArgumentException("no node at level " + level + ", position " + position);
        }
    }

    public Node parent() {
        return new Node(level + 1, position >> 1);
    }

    public Node sibling() {
        return new Node(level, position ^ 1);
    }

    public boolean isLeft() {
        return (position & 1) == 0;
    }

    /** The first leaf below this node. */
    public long firstLeaf() {
        return (long) position << level;
    }

    /** The leaf after the last below this node, whether or not the tree has that many. */
    public long endLeaf() {
        return (position + 1L) << level;
    }

    @Override
    public String toString() {
        return level + "/" + position;
    }
}
