package io.syncbn.worker.nn;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;

import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Normalization behind an activation and before it, behind dropout and before it, against a float64 twin. */
class LayerOrderTest {
    private static final Shape PICTURE = new Shape(5, 4, 3);
    private static final int CLASSES = 4;
    private static final double FIRST = 0.3;
    private static final double SECOND = 0.4;
    private static final double TOLERANCE = 5e-5;

    private static final Architecture MODEL = net -> net.conv2dWithBias("conv1", 5, 3, 1, 1)
            .relu()
            .norm("bn1")
            .dropout(FIRST)
            .conv2d("conv2", 6, 3, 1, 1)
            .dropout(SECOND)
            .norm("bn2")
            .relu()
            .globalAveragePool()
            .dense("fc", net.classes());

    private record Result(float[] logits, float[] gradients) {}

    @Test
    void layersComeInTheOrderInWhichTheyAreNamed() {
        ShardedRun run = new ShardedRun(3, 4, 0, 2, 3);
        Random random = new Random(21);
        ModelDefinition definition =
                ModelDefinition.of(MODEL, PICTURE, CLASSES, Normalizers.of(Normalization.DEFAULT), 0);
        Replica replica = definition.newReplica(21);
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] += (float) (0.1 * random.nextGaussian());
        }
        double[] x = normal(random, run.totalExamples() * PICTURE.size());
        double[] dy = normal(random, run.totalExamples() * CLASSES);
        Parameters parameters = Parameters.of(replica);
        Twin twin = twin(parameters, run);
        double[] logits = twin.forward(x);
        twin.backward(dy);

        List<Result> results = run.run((shard, moments) -> {
            try (ShardModel model = definition.newShardModel(replica, run.maxExamples(), Kernels.PORTABLE)) {
                Pass.BatchId batch = new Pass.BatchId(EveryLayer.SEED, EveryLayer.STEP, shard, 0);
                Pass pass = new Pass(true, batch, moments, offset -> {});
                Tensor output = model.forward(run.part(x, PICTURE, shard), pass);
                float[] used = Arrays.copyOf(output.values(), output.size());
                model.backward(run.part(dy, Shape.flat(CLASSES), shard), pass);
                return new Result(used, model.gradients());
            }
        });
        double[] gradients = new double[replica.weights().length];
        for (int shard = 0; shard < run.shards(); shard++) {
            Result result = results.get(shard);
            int first = run.firstExample(shard) * CLASSES;
            double[] expected = Arrays.copyOfRange(logits, first, first + result.logits().length);
            assertClose("logits of shard " + shard, result.logits(), expected, TOLERANCE);
            float[] ordered = FileOrder.of(replica.parameters(), result.gradients());
            Arrays.setAll(gradients, i -> gradients[i] + ordered[i]);
        }
        for (Entry entry : replica.parameters().entries()) {
            double[] actual = Arrays.copyOfRange(gradients, entry.offset(), entry.offset() + entry.size());
            assertClose(entry.name(), actual, parameters.gradients.get(entry.name()), TOLERANCE);
        }
    }

    private static Twin twin(Parameters p, ShardedRun run) {
        Shape wide = new Shape(5, 4, 5);
        return Float64Layers.sequence(
                Float64Layers.convolution(p, "conv1", PICTURE, 5, 3, 1, 1),
                Float64Layers.relu(),
                new Float64Norm(p, "bn1", 5, 1e-5, run.groupOfExample(), run.groups()),
                Float64Layers.times(EveryLayer.dropout(run, 20 * 5, 0, FIRST)),
                Float64Layers.convolution(p, "conv2", wide, 6, 3, 1, 1),
                Float64Layers.times(EveryLayer.dropout(run, 20 * 6, 1, SECOND)),
                new Float64Norm(p, "bn2", 6, 1e-5, run.groupOfExample(), run.groups()),
                Float64Layers.relu(),
                Float64Layers.averagePool(new Shape(5, 4, 6), 5, 4, 1),
                Float64Layers.dense(p, "fc", 6, CLASSES));
    }
}
