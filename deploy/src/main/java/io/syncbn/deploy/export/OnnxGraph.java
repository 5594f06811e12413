package io.syncbn.deploy.export;

import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.nn.InferenceGraph;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.SlidingWindow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph of ONNX's operators. Pictures are N×C×H×W, flat features N×C, where N is any number; weights have PyTorch's
 * layout already, which is ONNX's too.
 *
 * <p>Only operators that were there in ONNX's first releases are used: group and layer normalization are written as
 * means, so that old runtimes and converters read them, and so that all are computed as training computes them.
 */
final class OnnxGraph implements InferenceGraph {

    /** @param isFlat whether it is N×C, not N×C×H×W */
    record Result(String name, Shape shape, boolean isFlat) implements Value {}

    private final List<OnnxNode> nodes;
    private final OnnxConstants constants;
    private final Set<String> names;
    private final String layer;

    private OnnxGraph(List<OnnxNode> nodes, OnnxConstants constants, Set<String> names, String layer) {
        this.nodes = nodes;
        this.constants = constants;
        this.names = names;
        this.layer = layer;
    }

    static OnnxGraph empty() {
        return new OnnxGraph(new ArrayList<>(), new OnnxConstants(), new HashSet<>(), "input");
    }

    /** The operations so far, in an order in which they can be computed. */
    List<OnnxNode> nodes() {
        return nodes;
    }

    OnnxConstants constants() {
        return constants;
    }

    @Override
    public String layer() {
        return layer;
    }

    @Override
    public OnnxGraph at(String other) {
        return new OnnxGraph(nodes, constants, names, other);
    }

    /** What the graph is given. */
    Result input(String name, Shape shape) {
        names.add(name);
        return new Result(name, shape, shape.pixels() == 1);
    }

    /** The same operations in the same order as batches of training are made, from numbers as files hold them. */
    Result normalizeStored(Result x, DataDescription data) {
        ChannelStatistics statistics = data.statistics();
        Result unit = data.storedScale() == 1
                ? x
                : as(x, "Div", x.name, constant("scale", List.of(), (float) data.storedScale()));
        Result centered = as(x, "Sub", unit.name, ofChannels("mean", x, statistics.mean()));
        return as(x, "Div", centered.name, ofChannels("deviation", x, statistics.deviation()));
    }

    /** The logits under a name of their own, N×C. */
    Result output(String name, Value logits) {
        Result flat = flat(logits);
        names.add(name);
        nodes.add(new OnnxNode("Identity", List.of(flat.name), name, Map.of()));
        return new Result(name, flat.shape, true);
    }

    @Override
    public Result conv2d(Value x, float[] weights, Optional<float[]> bias, SlidingWindow window) {
        Result input = spatial(x);
        long inputs = input.shape.channels();
        long size = window.size();
        long outputs = weights.length / (inputs * size * size);
        return node(
                "Conv",
                linear(input, weights, List.of(outputs, inputs, size, size), bias),
                attributes(window),
                window.over(input.shape, (int) outputs),
                false);
    }

    @Override
    public Result dense(Value x, float[] weights, Optional<float[]> bias) {
        Result input = flat(x);
        long inputs = input.shape.channels();
        long outputs = weights.length / inputs;
        return node(
                "Gemm",
                linear(input, weights, List.of(outputs, inputs), bias),
                Map.of("transB", 1L),
                Shape.flat((int) outputs),
                true);
    }

    private List<String> linear(Result x, float[] weights, List<Long> dimensions, Optional<float[]> bias) {
        List<String> inputs = new ArrayList<>(List.of(x.name, constant("weight", dimensions, weights)));
        bias.ifPresent(b -> inputs.add(constant("bias", List.of((long) b.length), b)));
        return inputs;
    }

    @Override
    public Result batchNorm(Value x, RunningNorm norm) {
        Result input = (Result) x;
        List<Long> channels = List.of((long) input.shape.channels());
        List<String> inputs = List.of(
                input.name,
                constant("weight", channels, norm.scale()),
                constant("bias", channels, norm.shift()),
                constant("running_mean", channels, norm.mean()),
                constant("running_var", channels, norm.variance()));
        return node("BatchNormalization", inputs, Map.of("epsilon", (float) norm.epsilon()), input.shape, input.isFlat);
    }

    @Override
    public Result scaleAndShift(Value x, float[] scale, float[] shift) {
        Result y = (Result) x;
        if (!consistsOf(scale, 1)) {
            y = as(y, "Mul", y.name, ofChannels("scale", y, scale));
        }
        return consistsOf(shift, 0) ? y : as(y, "Add", y.name, ofChannels("shift", y, shift));
    }

    private static boolean consistsOf(float[] values, float number) {
        for (float value : values) {
            if (value != number) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Result center(Value x, int channelGroups) {
        Result input = (Result) x;
        Result groups = inGroups(input, channelGroups);
        Result centered = as(groups, "Sub", groups.name, mean(groups).name);
        return reshape(centered, input);
    }

    @Override
    public Result divideByRootMeanSquare(Value x, Value z, int channelGroups, double epsilon) {
        Result input = (Result) x;
        Result ofSquares = inGroups((Result) z, channelGroups);
        Result mean = mean(as(ofSquares, "Mul", ofSquares.name, ofSquares.name));
        Result sum = as(mean, "Add", mean.name, constant("epsilon", List.of(), (float) epsilon));
        Result root = as(sum, "Sqrt", sum.name);
        Result divided = as(ofSquares, "Div", inGroups(input, channelGroups).name, root.name);
        return reshape(divided, input);
    }

    /** N × groups × numbers of each. */
    private Result inGroups(Result x, int channelGroups) {
        return as(x, "Reshape", x.name, shape(List.of(0L, (long) channelGroups, -1L)));
    }

    private Result reshape(Result x, Result form) {
        return as(form, "Reshape", x.name, shape(dimensions(form)));
    }

    private Result mean(Result groups) {
        return node(
                "ReduceMean",
                List.of(groups.name),
                Map.of("axes", List.of(2L), "keepdims", 1L),
                groups.shape,
                groups.isFlat);
    }

    @Override
    public Result relu(Value x) {
        return as((Result) x, "Relu", ((Result) x).name);
    }

    @Override
    public Result sigmoid(Value x) {
        return as((Result) x, "Sigmoid", ((Result) x).name);
    }

    @Override
    public Result atLeast(Value x, float[] thresholds) {
        Result input = (Result) x;
        return as(input, "Max", input.name, ofChannels("threshold", input, thresholds));
    }

    @Override
    public Result add(Value x, Value y) {
        return elementwise("Add", x, y);
    }

    @Override
    public Result multiply(Value x, Value y) {
        return elementwise("Mul", x, y);
    }

    private Result elementwise(String type, Value x, Value y) {
        boolean areFlat = ((Result) x).isFlat && ((Result) y).isFlat;
        Result left = areFlat ? flat(x) : spatial(x);
        Result right = areFlat ? flat(y) : spatial(y);
        return as(left, type, left.name, right.name);
    }

    @Override
    public Result maxPool(Value x, SlidingWindow window) {
        return pool("MaxPool", spatial(x), window);
    }

    @Override
    public Result averagePool(Value x, SlidingWindow window) {
        return pool("AveragePool", spatial(x), window);
    }

    private Result pool(String type, Result x, SlidingWindow window) {
        return node(type, List.of(x.name), attributes(window), window.over(x.shape, x.shape.channels()), false);
    }

    private static Map<String, Object> attributes(SlidingWindow window) {
        long size = window.size();
        long stride = window.stride();
        long padding = window.padding();
        return Map.of(
                "kernel_shape", List.of(size, size),
                "strides", List.of(stride, stride),
                "pads", List.of(padding, padding, padding, padding));
    }

    @Override
    public Result globalAveragePool(Value x) {
        Result input = spatial(x);
        return node("GlobalAveragePool", List.of(input.name), Map.of(), Shape.flat(input.shape.channels()), false);
    }

    @Override
    public Result padChannels(Value x, int channels) {
        Result input = (Result) x;
        long more = channels - input.shape.channels();
        List<Long> pads = input.isFlat ? List.of(0L, 0L, 0L, more) : List.of(0L, 0L, 0L, 0L, 0L, more, 0L, 0L);
        return node(
                "Pad",
                List.of(input.name, numbers("pads", pads)),
                Map.of(),
                new Shape(input.shape.height(), input.shape.width(), channels),
                input.isFlat);
    }

    @Override
    public Result flatten(Value x) {
        return flat(x);
    }

    private Result flat(Value x) {
        Result input = (Result) x;
        return input.isFlat
                ? input
                : node("Flatten", List.of(input.name), Map.of("axis", 1L), Shape.flat(input.shape.size()), true);
    }

    private Result spatial(Value x) {
        Result input = (Result) x;
        return input.isFlat ? reshape(input, new Result(input.name, input.shape, false)) : input;
    }

    /** An operation whose result is like another one. */
    private Result as(Result form, String type, String... inputs) {
        return node(type, List.of(inputs), Map.of(), form.shape, form.isFlat);
    }

    private Result node(String type, List<String> inputs, Map<String, Object> attributes, Shape shape, boolean isFlat) {
        String name = unique(place() + "/" + type);
        nodes.add(new OnnxNode(type, inputs, name, attributes));
        return new Result(name, shape, isFlat);
    }

    /** One number a channel, in a form that fits all its pixels. */
    private String ofChannels(String what, Result x, float[] values) {
        long channels = values.length;
        return constant(what, x.isFlat ? List.of(channels) : List.of(channels, 1L, 1L), values);
    }

    private String constant(String what, List<Long> dimensions, float... values) {
        String name = unique(place() + "." + what);
        constants.put(name, new OnnxConstants.Floats(dimensions, values));
        return name;
    }

    private String shape(List<Long> dimensions) {
        return numbers("shape", dimensions);
    }

    private String numbers(String what, List<Long> numbers) {
        String name = unique(place() + "." + what);
        constants.put(name, numbers);
        return name;
    }

    /** 0 for as many examples as there are. */
    private static List<Long> dimensions(Result x) {
        long channels = x.shape.channels();
        return x.isFlat
                ? List.of(0L, channels)
                : List.of(0L, channels, (long) x.shape.height(), (long) x.shape.width());
    }

    /** The layer's name, or its kind if it has none. */
    private String place() {
        return layer.substring(layer.lastIndexOf(' ') + 1);
    }

    private String unique(String wanted) {
        String name = wanted;
        for (int number = 2; !names.add(name); number++) {
            name = wanted + "_" + number;
        }
        return name;
    }
}
