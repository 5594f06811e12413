package io.syncbn.proto.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeFoldTest {
    private static final int CASES = 3000;
    private static final int WIDTH = 3;

    @Test
    void anySplitAndAnyOrderGiveTheBitsOfTheTree() {
        for (int seed = 0; seed < CASES; seed++) {
            Random random = new Random(seed);
            ReductionTree tree = new ReductionTree(1 + random.nextInt(70));
            double[][] leaves = randomLeaves(random, tree.leaves());
            List<Map.Entry<Node, double[]>> parts = splitAndFold(random, tree, leaves);
            Collections.shuffle(parts, random);

            TreeFold<double[]> fold = new TreeFold<>(tree, Sums::add);
            Optional<double[]> root = Optional.empty();
            for (int i = 0; i < parts.size(); i++) {
                root = fold.offer(parts.get(i).getKey(), parts.get(i).getValue());
                assertThat(root.isPresent()).as("seed %d, part %d", seed, i).isEqualTo(i == parts.size() - 1);
            }
            assertThat(root).as("seed %d", seed).hasValueSatisfying(sum -> assertThat(bits(sum))
                    .isEqualTo(bits(recursively(tree, tree.root(), leaves))));
            assertThat(fold.leavesSeen()).isEqualTo(tree.leaves());
        }
    }

    @Test
    void theOrderOfTheTreeIsNotThatOfALoop() {
        double[][] leaves = randomLeaves(new Random(5), 37);
        double[] inLine = leaves[0].clone();
        for (int i = 1; i < leaves.length; i++) {
            Sums.add(inLine, leaves[i]);
        }
        ReductionTree tree = new ReductionTree(37);
        assertThat(bits(inLine)).isNotEqualTo(bits(recursively(tree, tree.root(), leaves)));
    }

    @Test
    void aLeafIsCountedOnce() {
        TreeFold<double[]> fold = new TreeFold<>(new ReductionTree(6), Sums::add);
        fold.offer(new Node(1, 0), new double[] {1});
        assertRefused(fold, new Node(1, 0), "node 1/0 came twice");
        assertRefused(fold, new Node(0, 1), "node 0/1 came twice");
        assertRefused(fold, new Node(2, 0), "node 2/0 came twice");
        fold.offer(new Node(2, 1), new double[] {2});
        assertRefused(fold, new Node(0, 4), "node 0/4 came twice");
        assertThat(fold.offer(new Node(1, 1), new double[] {4}))
                .hasValueSatisfying(sum -> assertThat(sum).containsExactly(7));
        assertRefused(fold, new Node(0, 3), "node 0/3 came twice");
    }

    @Test
    void aNodeOutsideTheTreeIsRefused() {
        TreeFold<double[]> fold = new TreeFold<>(new ReductionTree(6), Sums::add);
        assertRefused(fold, new Node(0, 6), "node 0/6 is not in a tree of 6 leaves");
        assertRefused(fold, new Node(4, 0), "node 4/0 is not in a tree of 6 leaves");
    }

    @Test
    void whatWaitsIsTheCoverOfTheRun() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ReductionTree tree = new ReductionTree(1 + random.nextInt(40));
            int first = random.nextInt(tree.leaves());
            int count = 1 + random.nextInt(tree.leaves() - first);
            TreeFold<double[]> fold = new TreeFold<>(tree, Sums::add);
            List<Integer> order = new ArrayList<>();
            for (int leaf = first; leaf < first + count; leaf++) {
                order.add(leaf);
            }
            Collections.shuffle(order, random);
            order.forEach(leaf -> fold.offer(new Node(0, leaf), new double[] {leaf}));
            assertThat(fold.waiting().keySet())
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(tree.cover(first, count));
        }
    }

    private static void assertRefused(TreeFold<double[]> fold, Node node, String message) {
        assertThatThrownBy(() -> fold.offer(node, new double[] {100}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    /** Cuts the leaves into runs and folds each into its cover, as workers do. */
    private static List<Map.Entry<Node, double[]>> splitAndFold(Random random, ReductionTree tree, double[][] leaves) {
        List<Map.Entry<Node, double[]>> parts = new ArrayList<>();
        for (int first = 0; first < tree.leaves(); ) {
            int count = 1 + random.nextInt(tree.leaves() - first);
            for (Node node : tree.cover(first, count)) {
                parts.add(Map.entry(node, recursively(tree, node, leaves)));
            }
            first += count;
        }
        return parts;
    }

    /** The definition: a leaf is its value, a node left plus right, a node with one child that child. */
    private static double[] recursively(ReductionTree tree, Node node, double[][] leaves) {
        if (node.level() == 0) {
            return leaves[node.position()].clone();
        }
        Node left = new Node(node.level() - 1, 2 * node.position());
        double[] sum = recursively(tree, left, leaves);
        if (tree.contains(left.sibling())) {
            double[] right = recursively(tree, left.sibling(), leaves);
            for (int i = 0; i < sum.length; i++) {
                sum[i] = sum[i] + right[i];
            }
        }
        return sum;
    }

    /** Of very different sizes, so that every order of addition rounds differently. */
    private static double[][] randomLeaves(Random random, int count) {
        double[][] leaves = new double[count][WIDTH];
        for (double[] leaf : leaves) {
            for (int i = 0; i < WIDTH; i++) {
                leaf[i] = random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6);
            }
        }
        return leaves;
    }

    private static long[] bits(double[] values) {
        long[] bits = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Double.doubleToRawLongBits(values[i]);
        }
        return bits;
    }
}
