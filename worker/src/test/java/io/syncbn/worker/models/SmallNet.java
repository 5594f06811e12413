package io.syncbn.worker.models;

import static io.syncbn.worker.nn.Float64Layers.averagePool;
import static io.syncbn.worker.nn.Float64Layers.sequence;
import static io.syncbn.worker.nn.Float64Layers.sum;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.Float64FixedNorm;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Layers.Parameters;
import io.syncbn.worker.nn.Float64Layers.Twin;
import io.syncbn.worker.nn.Float64Norm;
import io.syncbn.worker.nn.Float64Responses;
import io.syncbn.worker.nn.Float64Weights;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.Net;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.norm.Normalizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A small residual network that leaves its normalization to the job, and its float64 twin for every one that there is. With
 * Fixup it is {@code CifarResNet(8)}. {@code networks.py} has both in PyTorch.
 */
final class SmallNet implements Architecture {
    private static final Shape INPUT = new Shape(8, 8, 3);
    static final int CLASSES = 4;

    private static final Shape POOLED = new Shape(4, 4, 8);
    private static final Shape WIDE = new Shape(4, 4, 12);

    @Override
    public void define(Net net) {
        if (net.hasFixup()) {
            new CifarResNet(8).define(net);
            return;
        }
        net.conv2d("conv1", 8, 3, 1, 1).norm("bn1").relu().averagePool(2, 2);
        net.residual(
                "block",
                main -> main.conv2d("conv1", 12, 3, 1, 1).norm("bn1"),
                shortcut -> shortcut.conv2d("downsample.0", 12, 1, 1, 0));
        net.globalAveragePool().dense("fc", net.classes());
    }

    /** Shape of a picture. */
    static Shape input(Job job) {
        return job.model().normalization().kind().equals("fixup") ? new Shape(4, 4, 3) : INPUT;
    }

    static ModelDefinition define(Job job) {
        return ModelDefinition.of(
                new SmallNet(), input(job), CLASSES, Normalizers.of(job.model().normalization()), 0);
    }

    /** The script {@code networks.py}. */
    static String inPyTorch() throws IOException {
        try (InputStream script = SmallNet.class.getResourceAsStream("networks.py")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** How many consecutive examples of the global batch share statistics, group by group. */
    static List<Integer> sizesOfGroups(Job job, int... examples) {
        String[] kind = job.model().normalization().kind().split(":");
        int ghost = kind[0].equals("batch-group") && !kind[1].equals("all")
                ? Integer.parseInt(kind[1])
                : job.model().normalization().groups().examples();
        if (List.of("group", "layer", "instance").contains(kind[0])) {
            ghost = 1;
        }
        List<Integer> sizes = new ArrayList<>();
        int width = ghost > 0 ? 1 : job.groupSize();
        for (int shard = 0; shard < examples.length; shard += width) {
            int left = Arrays.stream(examples, shard, Math.min(shard + width, examples.length))
                    .sum();
            for (int size = ghost > 0 ? ghost : left; left > 0; left -= size) {
                sizes.add(Math.min(size, left));
            }
        }
        return sizes;
    }

    /**
     * In training.
     *
     * @param running running statistics, by name
     * @param examples of each shard
     */
    static Twin twin(Job job, Parameters p, Replica running, Supplier<Twin> relu, int... examples) {
        if (job.model().normalization().kind().equals("fixup")) {
            return Float64Fixup.resnet8(p, input(job), CLASSES, relu);
        }
        Twin main = sequence(
                weights(
                        job,
                        p,
                        "block.conv1",
                        12,
                        own -> Float64Layers.convolution(own, "block.conv1", POOLED, 12, 3, 1, 1)),
                norm(job, p, running, "block.bn1", WIDE, false, examples));
        Twin shortcut = weights(
                job,
                p,
                "block.downsample.0",
                12,
                own -> Float64Layers.convolution(own, "block.downsample.0", POOLED, 12, 1, 1, 0));
        Twin fc = job.model().normalization().standardizedWeights()
                ? Float64Layers.dense(p, "fc", 12, CLASSES)
                : weights(job, p, "fc", CLASSES, own -> Float64Layers.dense(own, "fc", 12, CLASSES));
        return sequence(
                weights(job, p, "conv1", 8, own -> Float64Layers.convolution(own, "conv1", INPUT, 8, 3, 1, 1)),
                norm(job, p, running, "bn1", new Shape(8, 8, 8), true, examples),
                activation(job, p, "bn1", new Shape(8, 8, 8), relu),
                averagePool(new Shape(8, 8, 8), 2, 2, 2),
                sum(main, shortcut),
                relu.get(),
                averagePool(WIDE, 4, 4, 1),
                fc);
    }

    private static Twin weights(Job job, Parameters p, String name, int outputs, Function<Parameters, Twin> layer) {
        if (job.model().normalization().standardizedWeights()) {
            return Float64Weights.standardized(p, name, outputs, layer);
        }
        return job.model().normalization().kind().equals("weight-norm")
                ? Float64Weights.normalized(p, name, outputs, layer)
                : layer.apply(p);
    }

    /** What stands for a ReLU behind a normalization. */
    private static Twin activation(Job job, Parameters p, String name, Shape shape, Supplier<Twin> relu) {
        return switch (job.model().normalization().kind().split(":")[0]) {
            case "frn" -> Float64Responses.threshold(p, name, shape, relu.get());
            case "evonorm-s0" -> sequence();
            default -> relu.get();
        };
    }

    /** @param activated whether a ReLU stands behind it */
    private static Twin norm(
            Job job, Parameters p, Replica replica, String name, Shape shape, boolean activated, int... examples) {
        int channels = shape.channels();
        String[] kind = job.model().normalization().kind().split(":");
        double epsilon = job.model().normalization().epsilon();
        List<Integer> sizes = sizesOfGroups(job, examples);
        int channelsPerGroup =
                switch (kind[0]) {
                    case "group" -> channels / Integer.parseInt(kind[1]);
                    case "batch-group" -> channels / Integer.parseInt(kind[2]);
                    case "layer" -> channels;
                    default -> 1;
                };
        Float64Norm.Correction correction = (channel, mean, variance) -> new double[] {1, 0};
        switch (kind[0]) {
            case "none", "weight-norm":
                return sequence();
            case "rms":
                return Float64Responses.rootMeanSquare(p, name, shape, channels, epsilon);
            case "frn":
                return Float64Responses.rootMeanSquare(p, name, shape, 1, epsilon);
            case "evonorm-s0":
                return activated
                        ? Float64Responses.evoNorm(p, name, shape, channels / Integer.parseInt(kind[1]), epsilon)
                        : Float64Responses.line(p, name, shape);
            case "frozen", "renorm":
                double[] means = statistic(replica, name + ".running_mean");
                double[] variances = statistic(replica, name + ".running_var");
                if (kind[0].equals("frozen")) {
                    return new Float64FixedNorm(p, name, means, variances, epsilon);
                }
                double scale = Double.parseDouble(kind[1]);
                double shift = Double.parseDouble(kind[2]);
                correction = (channel, mean, variance) -> {
                    double deviation = Math.sqrt(variances[channel] + epsilon);
                    double r = Math.sqrt(variance + epsilon) / deviation;
                    double d = (mean - means[channel]) / deviation;
                    return new double[] {clip(r, 1 / scale, scale), clip(d, -shift, shift)};
                };
                break;
            default:
                break;
        }
        return new Float64Norm(
                p, name, channels, channelsPerGroup, epsilon, groupOfExample(sizes), sizes.size(), correction);
    }

    private static double clip(double value, double least, double most) {
        return Math.max(least, Math.min(most, value));
    }

    private static int[] groupOfExample(List<Integer> sizes) {
        int[] groups = new int[sizes.stream().mapToInt(Integer::intValue).sum()];
        int example = 0;
        for (int group = 0; group < sizes.size(); group++) {
            Arrays.fill(groups, example, example + sizes.get(group), group);
            example += sizes.get(group);
        }
        return groups;
    }

    private static double[] statistic(Replica replica, String name) {
        return replica.statistics().entries().stream()
                .filter(entry -> entry.name().equals(name))
                .map(entry -> entry.read(replica.runningStatistics()))
                .map(SmallNet::wide)
                .findFirst()
                .orElseThrow();
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }
}
