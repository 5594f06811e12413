package io.syncbn.deploy.export;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.Checkpoints;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.data.BatchLoader;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.nn.BatchStatistics;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.SoftmaxCrossEntropy;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.norm.RunningStatistics;
import io.syncbn.worker.train.Replicas;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A model after a few steps in this process, whose scales, shifts and biases are all far from 1 and 0, so that none can be
 * left out unnoticed; its checkpoint, and some rows of its test data with the logits that it gives in evaluation.
 *
 * @param stored rows as files hold them: N×C×H×W or N×features
 * @param normalized the same rows as the model sees them, likewise
 * @param logits N×classes
 */
record BrieflyTrained(Checkpoint checkpoint, DataDescription data, float[] stored, float[] normalized, float[] logits) {
    static final int ROWS = 3;

    private static final int STEPS = 2;
    private static final int BATCH = 4;
    private static final int SEEN_ROWS = 40;
    private static final Arithmetic ARITHMETIC = new Arithmetic("bits", "library", "all", "none");

    /** @param run directory for the checkpoint */
    static BrieflyTrained of(Map<String, String> settings, Path run) {
        Map<String, String> all = new HashMap<>(Map.of("batch", Integer.toString(BATCH), "shards", "1"));
        all.putAll(settings);
        Job job = JobParser.parse(all, 1);
        try (DecodedDataset data = DecodedDataset.open(job)) {
            Replicas replicas = Replicas.open(job, data, ARITHMETIC, Optional.empty());
            ChannelStatistics statistics = ChannelStatistics.of(ChannelStatistics.sums(
                    data.train(),
                    data.shape(),
                    IntStream.range(0, Math.min(SEEN_ROWS, data.train().size())).toArray()));
            BatchLoader loader =
                    new BatchLoader(data, BatchPlan.of(job, data.train().size()), 0, statistics, false, ROWS);
            Replica replica = replicas.initialState().replica();
            Origin origin = new Origin(
                    job,
                    data.digest(),
                    replicas.definition().description(),
                    ARITHMETIC.digest(),
                    Map.of(),
                    DataDescription.of(data));
            try (ShardModel model = replicas.definition().newShardModel(replica, BATCH, Kernels.PORTABLE)) {
                scatter(replica);
                for (int step = 1; step <= STEPS; step++) {
                    train(model, replica, loader.train(step), step, data.classes());
                }
                ModelState state =
                        new ModelState(replica, STEPS, replicas.initialState().slots(), STEPS).normalizedBy(statistics);
                new Checkpoints(run, 1).write(state, 0, origin);
                Tensor x = loader.test(0).images();
                float[] logits = model.forward(x, Pass.evaluation()).values();
                Checkpoint checkpoint = Checkpoint.open(run);
                return new BrieflyTrained(
                        checkpoint,
                        checkpoint.info().data(),
                        stored(data),
                        channelsFirst(x.values(), x.shape()),
                        Arrays.copyOf(logits, ROWS * data.classes()));
            }
        }
    }

    private static void scatter(Replica replica) {
        Random random = new Random(5);
        for (ParameterLayout.Entry entry : replica.parameters().entries()) {
            if (entry.role() != ParameterLayout.Role.WEIGHT) {
                for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
                    replica.weights()[i] += 0.2f * (float) random.nextGaussian();
                }
            }
        }
    }

    private static void train(ShardModel model, Replica replica, BatchLoader.Batch batch, int step, int classes) {
        Pass pass =
                new Pass(true, new Pass.BatchId(1, step, 0, (double) step / STEPS), MomentsReducer.LOCAL, offset -> {});
        model.beginStep();
        Tensor logits = model.forward(batch.images(), pass);
        Tensor gradient = Tensor.zeros(BATCH, Shape.flat(classes));
        SoftmaxCrossEntropy.compute(logits, batch.labels(), 0, gradient);
        model.backward(gradient.withExamples(logits.examples()), pass);
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] -= 1e-3f * model.gradients()[i];
        }
        BatchStatistics left = model.batchStatistics();
        if (Arrays.stream(left.speakers(true)).allMatch(speakers -> speakers == 1)) {
            float[] updated = RunningStatistics.update(
                    replica.runningStatistics(), left.spoken(true), OptionalDouble.of(0.8), step);
            System.arraycopy(updated, 0, replica.runningStatistics(), 0, updated.length);
        }
    }

    /** Bytes are whole numbers. */
    private static float[] stored(DecodedDataset data) {
        float[] rows = new float[ROWS * data.shape().size()];
        for (int row = 0; row < ROWS; row++) {
            data.test().read(row, rows, row * data.shape().size());
        }
        for (int i = 0; i < rows.length && data.storedScale() != 1; i++) {
            rows[i] = Math.round(rows[i] * data.storedScale());
        }
        return channelsFirst(rows, data.shape());
    }

    private static float[] channelsFirst(float[] rows, Shape shape) {
        float[] planes = new float[ROWS * shape.size()];
        for (int row = 0; row < ROWS; row++) {
            int start = row * shape.size();
            for (int pixel = 0; pixel < shape.pixels(); pixel++) {
                for (int c = 0; c < shape.channels(); c++) {
                    planes[start + c * shape.pixels() + pixel] = rows[start + pixel * shape.channels() + c];
                }
            }
        }
        return planes;
    }

    /** Dimensions of a batch. */
    long[] dimensions(int examples) {
        Shape shape = Shape.parse(checkpoint.info().model().input());
        List<Integer> each = shape.pixels() == 1
                ? List.of(examples, shape.channels())
                : List.of(examples, shape.channels(), shape.height(), shape.width());
        return each.stream().mapToLong(Integer::longValue).toArray();
    }
}
