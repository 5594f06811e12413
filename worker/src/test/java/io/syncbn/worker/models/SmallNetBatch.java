package io.syncbn.worker.models;

import static io.syncbn.worker.nn.Numbers.normal;
import static java.util.stream.Collectors.joining;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.tree.TreeFold;
import io.syncbn.worker.checkpoint.StoredTensor;
import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.Float64Relus;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.ShardedRun;
import io.syncbn.worker.nn.SoftmaxCrossEntropy;
import io.syncbn.worker.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A global batch for {@link SmallNet}, and the gradients that it gives: by the product and in float64. */
final class SmallNetBatch {
    private static final double NEAR = 1e-4;
    private static final int TRIES = 10_000;

    private final Job job;
    private final Replica replica;
    private final int[] examples;
    private final ShardedRun run;
    private final double[] x;
    private final int[] labels;
    private final Parameters parameters;
    private final Twin twin;
    private final Float64Relus relus = new Float64Relus();
    private final double[] logits;

    private SmallNetBatch(Job job, Replica replica, Random random, int... examples) {
        this.job = job;
        this.replica = replica;
        this.examples = examples;
        this.run = new ShardedRun(job.groupSize(), examples);
        this.x = normal(random, run.totalExamples() * SmallNet.input(job).size());
        this.labels = random.ints(run.totalExamples(), 0, SmallNet.CLASSES).toArray();
        this.parameters = Parameters.of(replica);
        this.twin = SmallNet.twin(job, parameters, replica, relus::relu, examples);
        this.logits = twin.forward(x);
    }

    /** @param examples of each shard */
    static SmallNetBatch random(Job job, Replica replica, Random random, int... examples) {
        return new SmallNetBatch(job, replica, random, examples);
    }

    /**
     * A random batch for which no input of a ReLU is near 0.
     *
     * @param examples of each shard
     */
    static SmallNetBatch awayFromKinks(Job job, Replica replica, Random random, int... examples) {
        for (int i = 0; i < TRIES; i++) {
            SmallNetBatch batch = new SmallNetBatch(job, replica, random, examples);
            if (batch.relus.nearest() > NEAR) {
                return batch;
            }
        }
        throw new AssertionError("no batch keeps away from 0");
    }

    /** Of the first shard. */
    Tensor input() {
        return run.part(x, SmallNet.input(job), 0);
    }

    int examples() {
        return run.totalExamples();
    }

    /** Of the mean loss, by parameter. */
    Map<String, double[]> float64Gradient() {
        double[] gradient = new double[logits.length];
        for (int n = 0; n < labels.length; n++) {
            double total = 0;
            for (int k = 0; k < SmallNet.CLASSES; k++) {
                total += Math.exp(logits[n * SmallNet.CLASSES + k]);
            }
            for (int k = 0; k < SmallNet.CLASSES; k++) {
                int i = n * SmallNet.CLASSES + k;
                gradient[i] = (Math.exp(logits[i]) / total - (k == labels[n] ? 1 : 0)) / labels.length;
            }
        }
        twin.backward(gradient);
        return parameters.gradients;
    }

    /** Of the sum of losses, as the product computes it. */
    float[] gradientSum(ModelDefinition definition) {
        List<float[]> parts = run.run((shard, moments) -> {
            try (ShardModel model = definition.newShardModel(replica, run.maxExamples(), Kernels.PORTABLE)) {
                model.beginStep();
                Pass pass = new Pass(true, new Pass.BatchId(1, 1, shard, 1), moments, offset -> {});
                Tensor output = model.forward(run.part(x, SmallNet.input(job), shard), pass);
                int first = run.firstExample(shard);
                Tensor gradient = Tensor.zeros(run.examples(shard), Shape.flat(SmallNet.CLASSES));
                int[] own = Arrays.copyOfRange(labels, first, first + run.examples(shard));
                SoftmaxCrossEntropy.compute(output, own, 0, gradient);
                model.backward(gradient, pass);
                return model.gradients().clone();
            }
        });
        TreeFold<Chunk> fold = new TreeFold<>(new ReductionTree(parts.size()), Chunk::add);
        Optional<Chunk> sum = Optional.empty();
        for (int shard = 0; shard < parts.size(); shard++) {
            sum = fold.offer(new Node(0, shard), new Chunk(parts.get(shard)));
        }
        return sum.orElseThrow().values();
    }

    /** {@code x}, N × H × W × C, and {@code labels}. */
    List<StoredTensor> tensors() {
        Shape shape = SmallNet.input(job);
        float[] pictures = new float[x.length];
        float[] classes = new float[labels.length];
        for (int i = 0; i < x.length; i++) {
            pictures[i] = (float) x[i];
        }
        for (int i = 0; i < classes.length; i++) {
            classes[i] = labels[i];
        }
        List<Integer> dimensions = List.of(labels.length, shape.height(), shape.width(), shape.channels());
        return List.of(
                StoredTensor.ofFloats("x", dimensions, pictures),
                StoredTensor.ofFloats("labels", List.of(labels.length), classes));
    }

    /** What {@code networks.py} needs to know. */
    Map<String, String> settings() {
        return Map.of(
                "norm", job.model().normalization().kind(),
                "weight-standardization", "" + job.model().normalization().standardizedWeights(),
                "sizes",
                        SmallNet.sizesOfGroups(job, examples).stream()
                                .map(String::valueOf)
                                .collect(joining(",")));
    }
}
