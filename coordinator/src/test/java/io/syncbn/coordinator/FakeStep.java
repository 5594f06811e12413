package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.Payload;

/** All sums of one made-up step: what workers send, and what must come back by the definition of the tree. */
final class FakeStep {
    private static final int LAYERS = 2;
    private static final int CHUNKS = 2;

    private final Grouping groups;
    private final long step;

    FakeStep(int shards, int groupSize, long step) {
        groups = new Grouping(shards, groupSize);
        this.step = step;
    }

    /** Sends a worker's parts. */
    void send(FakeWorker worker) {
        for (int layer = 0; layer < LAYERS; layer++) {
            for (int group = 0; group < groups.groups(); group++) {
                sendRun(worker, header(worker, SumKind.MOMENTS_FORWARD, layer, group, 1));
            }
        }
        for (int chunk = CHUNKS - 1; chunk >= 0; chunk--) {
            sendRun(worker, header(worker, SumKind.GRADIENTS, chunk, 0, CHUNKS));
        }
        sendRun(worker, header(worker, SumKind.COMMIT, 0, 0, 1));
    }

    /** Waits for all roots of the step that concern the worker, and checks every number. */
    void expectRoots(FakeWorker worker) throws InterruptedException {
        expectRoots(worker, SumKind.COMMIT);
    }

    /** @param commit as which COMMIT's root must come */
    void expectRoots(FakeWorker worker, SumKind commit) throws InterruptedException {
        int first = worker.plan().getFirstShard();
        int last = first + worker.plan().getShardCount() - 1;
        int ownGroups = groups.groupOf(last) - groups.groupOf(first) + 1;
        for (int i = 0; i < LAYERS * ownGroups; i++) {
            expectRoot(worker, worker.dataOf(SumKind.COMMIT).next());
        }
        DataFrame commitRoot = worker.dataOf(SumKind.COMMIT).next();
        assertThat(commitRoot.header().kind()).isEqualTo(commit);
        expectRoot(worker, commitRoot);
        for (int i = 0; i < CHUNKS; i++) {
            expectRoot(worker, worker.dataOf(SumKind.GRADIENTS).next());
        }
    }

    private FrameHeader header(FakeWorker worker, SumKind kind, int index, int group, int of) {
        return new FrameHeader(worker.plan().getGeneration(), step, kind, index, group, new Node(0, 0), of);
    }

    private Grouping grouping(FrameHeader header) {
        return header.kind() == SumKind.MOMENTS_FORWARD ? groups : Grouping.all(groups.shards());
    }

    /** Sends the nodes of the header's tree that cover the worker's shards in it. */
    private void sendRun(FakeWorker worker, FrameHeader header) {
        ReductionTree tree = grouping(header).treeOf(header.group());
        int groupFirst = grouping(header).firstShardOf(header.group());
        int runFirst = worker.plan().getFirstShard() - groupFirst;
        int first = Math.max(0, runFirst);
        int end = Math.min(tree.leaves(), runFirst + worker.plan().getShardCount());
        if (first < end) {
            for (Node node : tree.cover(first, end - first)) {
                worker.send(DataFrame.of(header.at(node), value(header, tree, node)));
            }
        }
    }

    private void expectRoot(FakeWorker worker, DataFrame frame) {
        FrameHeader came = frame.header();
        ReductionTree tree = grouping(came).treeOf(came.group());
        FrameHeader expected = header(worker, came.kind(), came.index(), came.group(), came.of());
        assertThat(came).isEqualTo(expected.at(tree.root()));
        assertThat(frame.checksum())
                .as("%s", came)
                .isEqualTo(DataFrame.of(came, value(came, tree, tree.root())).checksum());
    }

    /** A node's value, by the definition. A leaf's numbers depend on all that names it, and do not add without rounding. */
    private Payload value(FrameHeader header, ReductionTree tree, Node node) {
        if (node.level() > 0) {
            Node left = new Node(node.level() - 1, 2 * node.position());
            Payload sum = value(header, tree, left);
            return tree.contains(left.sibling()) ? sum.add(value(header, tree, left.sibling())) : sum;
        }
        int shard = grouping(header).firstShardOf(header.group()) + node.position();
        double name = 1 + shard + 10 * header.index() + 100 * header.step();
        return header.kind() == SumKind.GRADIENTS
                ? new Payload.Float32(new float[] {(float) (1 / name), (float) Math.sqrt(name), 3})
                : new Payload.Float64(new double[] {1 / name, Math.sqrt(name)});
    }
}
