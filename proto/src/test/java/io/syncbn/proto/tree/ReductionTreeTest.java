package io.syncbn.proto.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReductionTreeTest {
    private static final int MOST_LEAVES = 40;

    @Test
    void theRootIsTheLowestNodeOverAllLeaves() {
        for (int leaves = 1; leaves <= MOST_LEAVES; leaves++) {
            Node root = new ReductionTree(leaves).root();
            assertThat(1L << root.level()).isGreaterThanOrEqualTo(leaves);
            assertThat(root.level() == 0 || 1L << (root.level() - 1) < leaves).isTrue();
            assertThat(root.position()).isZero();
        }
        assertThat(new ReductionTree(1 << 20).root()).isEqualTo(new Node(20, 0));
    }

    @Test
    void aCoverHoldsEveryLeafOfTheRunOnceFromLeftToRight() {
        forEveryRun((tree, first, count) -> {
            List<Integer> covered = new ArrayList<>();
            for (Node node : tree.cover(first, count)) {
                covered.addAll(leavesOf(tree, node));
            }
            assertThat(covered)
                    .as("%d leaves, %d from %d", tree.leaves(), count, first)
                    .isEqualTo(IntStream.range(first, first + count).boxed().toList());
        });
    }

    @Test
    void noCoverHasFewerNodes() {
        forEveryRun((tree, first, count) -> assertThat(tree.cover(first, count))
                .as("%d leaves, %d from %d", tree.leaves(), count, first)
                .hasSize(fewest(tree, tree.root(), first, first + count)));
    }

    @Test
    void aCoverIsShort() {
        forEveryRun((tree, first, count) -> assertThat(tree.cover(first, count))
                .hasSizeLessThanOrEqualTo(Math.max(1, 2 * tree.root().level())));
    }

    @Test
    void containsTheNodesThatHaveALeaf() {
        ReductionTree tree = new ReductionTree(5);
        assertThat(tree.contains(new Node(0, 4))).isTrue();
        assertThat(tree.contains(new Node(0, 5))).isFalse();
        assertThat(tree.contains(new Node(1, 2))).isTrue();
        assertThat(tree.contains(new Node(1, 3))).isFalse();
        assertThat(tree.contains(new Node(3, 0))).isTrue();
        assertThat(tree.contains(new Node(4, 0))).isFalse();
    }

    @Test
    void refusesWhatIsOutsideTheTree() {
        assertThatThrownBy(() -> new ReductionTree(0)).hasMessage("a tree needs at least 1 leaf, not 0");
        assertThatThrownBy(() -> new ReductionTree(4).cover(3, 2)).hasMessage("leaves 3 to 4 of a tree with 4");
        assertThatThrownBy(() -> new Node(31, 0)).hasMessage("no node at level 31, position 0");
    }

    /** The dumb count: a node that has a leaf outside the run is split, one inside is taken whole. */
    private static int fewest(ReductionTree tree, Node node, int first, int end) {
        List<Integer> leaves = leavesOf(tree, node);
        long inside =
                leaves.stream().filter(leaf -> leaf >= first && leaf < end).count();
        if (inside == 0) {
            return 0;
        }
        if (inside == leaves.size()) {
            return 1;
        }
        Node left = new Node(node.level() - 1, 2 * node.position());
        return fewest(tree, left, first, end) + fewest(tree, left.sibling(), first, end);
    }

    private static List<Integer> leavesOf(ReductionTree tree, Node node) {
        return IntStream.range(0, tree.leaves())
                .filter(leaf -> leaf >> node.level() == node.position())
                .boxed()
                .toList();
    }

    private interface RunTest {
        void check(ReductionTree tree, int first, int count);
    }

    private static void forEveryRun(RunTest test) {
        for (int leaves = 1; leaves <= MOST_LEAVES; leaves++) {
            for (int first = 0; first < leaves; first++) {
                for (int count = 0; first + count <= leaves; count++) {
                    test.check(new ReductionTree(leaves), first, count);
                }
            }
        }
    }
}
