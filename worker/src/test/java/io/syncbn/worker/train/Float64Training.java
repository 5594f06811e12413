package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.nn.Float64FixedNorm;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.Float64Norm;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.optim.Float64Optimizer;
import io.syncbn.worker.record.Evaluation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Training once more: one machine that sees the whole global batch, in float64, in the dumbest way that is right. The
 * oracle of {@link TrajectoryTest}.
 *
 * <p>It shares with what it tests: the job, the first weights, and which rows a step has. The arithmetic is its own.
 */
final class Float64Training {
    private final Job job;
    private final TrajectoryData data;
    private final BatchPlan plan;
    private final double[] mean;
    private final double[] deviation;
    private final ParameterLayout layout;
    private final Map<String, Float64Norm> norms = new LinkedHashMap<>();

    final Parameters parameters;
    /** Of every parameter, what the optimizer remembers. */
    final Map<String, Map<String, double[]>> slots = new HashMap<>();

    final Map<String, double[]> running = new HashMap<>();
    final Map<String, double[]> average = new HashMap<>();
    long batchesTracked;

    /**
     * @param layout the order and dimensions of the parameters
     * @param parameters before the first step; trained in place
     */
    Float64Training(Job job, TrajectoryData data, ParameterLayout layout, Parameters parameters) {
        this.layout = layout;
        this.job = job;
        this.data = data;
        this.parameters = parameters;
        this.plan = new BatchPlan(
                data.train().length,
                job.batches().shards(),
                job.batches().batch(),
                job.determinism().seed(),
                job.data().shuffle());
        this.mean = new double[data.shape().channels()];
        this.deviation = new double[data.shape().channels()];
        measureChannels();
        parameters.values.keySet().forEach(name -> slots.put(name, new HashMap<>()));
        TrajectoryModel.twin(parameters, (name, channels) -> {
            double[] ones = new double[channels];
            Arrays.fill(ones, 1);
            running.put(name + ".running_mean", new double[channels]);
            running.put(name + ".running_var", ones);
            return Float64Layers.sequence();
        });
    }

    /** Two passes over all rows. */
    private void measureChannels() {
        double count = (double) data.train().length * data.shape().pixels();
        for (double[] row : data.train()) {
            for (int i = 0; i < row.length; i++) {
                mean[i % mean.length] += row[i] / count;
            }
        }
        for (double[] row : data.train()) {
            for (int i = 0; i < row.length; i++) {
                double difference = row[i] - mean[i % mean.length];
                deviation[i % mean.length] += difference * difference / count;
            }
        }
        Arrays.setAll(deviation, c -> Math.sqrt(deviation[c]));
    }

    int stepsPerEpoch() {
        return plan.stepsPerEpoch();
    }

    /** Trains one step, from 1, and returns the mean loss before it. */
    double step(long step) {
        int[][] rowsOfShard = new int[job.batches().shards()][];
        Arrays.setAll(rowsOfShard, shard -> plan.rows(step, shard));
        int[] rows = flat(rowsOfShard);
        Twin model = byBatch(rowsOfShard);
        parameters.gradients.values().forEach(gradient -> Arrays.fill(gradient, 0));
        double[] logits = model.forward(batch(data.train(), rows));
        double[] gradient = new double[logits.length];
        double loss = loss(
                logits,
                labels(data.trainLabels(), rows),
                job.optimization().regularization().labelSmoothing(),
                gradient);
        model.backward(gradient);

        parameters.gradients.values().forEach(sum -> Arrays.setAll(sum, i -> sum[i] / rows.length));
        updateWeights((int) step);
        updateAverage(step);
        updateRunningStatistics(groups());
        return loss / rows.length;
    }

    private int groups() {
        return (job.batches().shards() + job.groupSize() - 1) / job.groupSize();
    }

    private static int[] flat(int[][] rowsOfShard) {
        return Arrays.stream(rowsOfShard).flatMapToInt(Arrays::stream).toArray();
    }

    /** The model with the statistics of a batch's normalization groups; {@link #norms} has its layers. */
    private Twin byBatch(int[][] rowsOfShard) {
        int groupSize = job.groupSize();
        int[] groupOfExample = new int[flat(rowsOfShard).length];
        for (int shard = 0, example = 0; shard < rowsOfShard.length; shard++) {
            for (int i = 0; i < rowsOfShard[shard].length; i++) {
                groupOfExample[example++] = shard / groupSize;
            }
        }
        norms.clear();
        return TrajectoryModel.twin(parameters, (name, channels) -> {
            norms.put(
                    name,
                    new Float64Norm(
                            parameters,
                            name,
                            channels,
                            job.model().normalization().epsilon(),
                            groupOfExample,
                            groups()));
            return norms.get(name);
        });
    }

    private double[] batch(double[][] all, int[] rows) {
        double[] batch = new double[rows.length * data.shape().size()];
        for (int i = 0; i < batch.length; i++) {
            int c = i % mean.length;
            double value = all[rows[i / data.shape().size()]][i % data.shape().size()];
            batch[i] = (value - mean[c]) / deviation[c];
        }
        return batch;
    }

    private static int[] labels(int[] all, int[] rows) {
        return Arrays.stream(rows).map(row -> all[row]).toArray();
    }

    /** −Σ q·log p over all examples, where q is the smoothed label; writes p − q. */
    private static double loss(double[] logits, int[] labels, double smoothing, double[] gradient) {
        int classes = TrajectoryModel.CLASSES;
        double loss = 0;
        for (int n = 0; n < labels.length; n++) {
            double total = 0;
            for (int k = 0; k < classes; k++) {
                total += Math.exp(logits[n * classes + k]);
            }
            for (int k = 0; k < classes; k++) {
                double p = Math.exp(logits[n * classes + k]) / total;
                double q = (1 - smoothing) * (k == labels[n] ? 1 : 0) + smoothing / classes;
                loss -= q * Math.log(p);
                gradient[n * classes + k] = p - q;
            }
        }
        return loss;
    }

    /** Linear over the warm-up's steps, then half a cosine over the others. */
    double learningRate(long step) {
        double warmup = Math.round(job.optimization().rate().warmupEpochs() * plan.stepsPerEpoch());
        Optimization.Rate rate = job.optimization().rate();
        double batches = (double) job.batches().shards() * job.batches().batch() / rate.baseBatch();
        double full = rate.scaling() == Optimization.Scaling.SQRT ? rate.base() * Math.sqrt(batches) : rate.base();
        return step <= warmup
                ? full * step / warmup
                : full
                        * 0.5
                        * (1
                                + Math.cos(Math.PI
                                        * (step - 1 - warmup)
                                        / (job.batches().length().steps() - warmup)));
    }

    private void updateWeights(int step) {
        List<Float64Optimizer.Tensor> tensors = layout.entries().stream()
                .map(entry -> {
                    String name = entry.name();
                    boolean isWeight = name.endsWith(".weight") && !norms.containsKey(name.replace(".weight", ""));
                    return new Float64Optimizer.Tensor(
                            name,
                            parameters.values.get(name),
                            parameters.gradients.get(name),
                            slots.get(name),
                            isWeight ? entry.dimensions().get(0) : 1,
                            isWeight);
                })
                .toList();
        Float64Optimizer.step(job.optimization(), tensors, step, learningRate(step));
    }

    /** The mean over groups that have examples. */
    private void updateRunningStatistics(int groups) {
        batchesTracked++;
        double weight = job.model().normalization().running().momentum().orElse(1.0 / batchesTracked);
        norms.forEach((name, norm) -> {
            double[] runningMean = running.get(name + ".running_mean");
            double[] runningVariance = running.get(name + ".running_var");
            for (int c = 0; c < runningMean.length; c++) {
                double meanSum = 0;
                double varianceSum = 0;
                int present = 0;
                for (int group = 0; group < groups; group++) {
                    double rows = norm.rows(group);
                    if (rows > 0) {
                        boolean unbiased = job.model().normalization().running().unbiased();
                        meanSum += norm.means.get(group)[c];
                        varianceSum += norm.variances.get(group)[c] * (unbiased ? rows / (rows - 1) : 1);
                        present++;
                    }
                }
                runningMean[c] += weight * (meanSum / present - runningMean[c]);
                runningVariance[c] += weight * (varianceSum / present - runningVariance[c]);
            }
        });
    }

    /** Mean and variance of what each layer sees in the first batches of the first epoch, at the present weights. */
    Map<String, double[]> precise(int batches) {
        Map<String, double[]> sums = new HashMap<>();
        Map<String, Double> counts = new HashMap<>();
        for (int step = 1; step <= batches; step++) {
            int[][] rowsOfShard = new int[job.batches().shards()][];
            long present = step;
            Arrays.setAll(rowsOfShard, shard -> plan.rows(present, shard));
            byBatch(rowsOfShard).forward(batch(data.train(), flat(rowsOfShard)));
            norms.forEach((name, norm) -> {
                for (int group = 0; group < groups(); group++) {
                    double rows = norm.rows(group);
                    double[] means = norm.means.get(group);
                    double[] variances = norm.variances.get(group);
                    counts.merge(name, rows, Double::sum);
                    double[] mean = sums.computeIfAbsent(name + ".running_mean", key -> new double[means.length]);
                    double[] square = sums.computeIfAbsent(name + ".running_var", key -> new double[means.length]);
                    for (int c = 0; c < means.length; c++) {
                        mean[c] += rows * means[c];
                        square[c] += rows * (variances[c] + means[c] * means[c]);
                    }
                }
            });
        }
        counts.forEach((name, count) -> {
            double[] mean = sums.get(name + ".running_mean");
            double[] variance = sums.get(name + ".running_var");
            for (int c = 0; c < mean.length; c++) {
                mean[c] /= count;
                variance[c] = variance[c] / count - mean[c] * mean[c];
            }
        });
        return sums;
    }

    boolean hasAverage() {
        return job.optimization().emaDecay() > 0;
    }

    private void updateAverage(long step) {
        double decay = step == 1 ? 0 : job.optimization().emaDecay();
        parameters.values.forEach((name, values) -> {
            double[] of = average.computeIfAbsent(name, key -> new double[values.length]);
            Arrays.setAll(of, i -> decay * of[i] + (1 - decay) * values[i]);
        });
    }

    /** The average of the weights, with precise statistics of its own if there are to be any. */
    Evaluation evaluateAverage(int preciseBatches) {
        Map<String, double[]> present = new HashMap<>(parameters.values);
        parameters.values.putAll(average);
        Evaluation evaluation = evaluate(preciseBatches > 0 ? precise(preciseBatches) : running);
        parameters.values.putAll(present);
        return evaluation;
    }

    /** The present model on all test rows at once, with running statistics. */
    Evaluation evaluate() {
        return evaluate(running);
    }

    /** The same with other statistics, by their names. */
    Evaluation evaluate(Map<String, double[]> statistics) {
        int[] rows = new int[data.test().length];
        Arrays.setAll(rows, i -> i);
        return evaluate(TrajectoryModel.twin(parameters, (name, channels) -> fixed(statistics, name)), rows);
    }

    /** The same with the statistics of each batch: of test rows, as many a shard as in training. */
    Evaluation evaluateByBatches() {
        int shards = job.batches().shards();
        int batch = job.batches().batch();
        double loss = 0;
        double correct = 0;
        for (int first = 0; first * shards < data.test().length; first += batch) {
            int[][] rowsOfShard = new int[shards][];
            int from = first;
            Arrays.setAll(rowsOfShard, shard -> IntStream.range(from, from + batch)
                    .map(i -> i * shards + shard)
                    .filter(row -> row < data.test().length)
                    .toArray());
            Evaluation part = evaluate(byBatch(rowsOfShard), flat(rowsOfShard));
            loss += part.loss() * part.examples();
            correct += part.accuracy() * part.examples();
        }
        int all = data.test().length;
        return new Evaluation(all, loss / all, Math.round(correct) / (double) all);
    }

    private Evaluation evaluate(Twin model, int[] rows) {
        double[] logits = model.forward(batch(data.test(), rows));
        int[] labels = labels(data.testLabels(), rows);
        double loss = loss(logits, labels, 0, new double[logits.length]);
        int correct = 0;
        for (int n = 0; n < rows.length; n++) {
            int best = n * TrajectoryModel.CLASSES;
            for (int k = 0; k < TrajectoryModel.CLASSES; k++) {
                int place = n * TrajectoryModel.CLASSES + k;
                best = logits[place] > logits[best] ? place : best;
            }
            correct += best % TrajectoryModel.CLASSES == labels[n] ? 1 : 0;
        }
        return new Evaluation(rows.length, loss / rows.length, (double) correct / rows.length);
    }

    private Twin fixed(Map<String, double[]> statistics, String name) {
        return new Float64FixedNorm(
                parameters,
                name,
                statistics.get(name + ".running_mean"),
                statistics.get(name + ".running_var"),
                job.model().normalization().epsilon());
    }
}
