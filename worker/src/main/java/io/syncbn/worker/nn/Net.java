package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.ConvolutionGeometry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A model being defined, layer after layer; knows the shape that has come out so far. Names are PyTorch's, so that its
 * files fit: {@code conv1} gives {@code conv1.weight}.
 */
public final class Net {
    private final ModelBuilderState blueprint;
    private final String prefix;
    private final Shape inputShape;
    private final List<LayerFactory> layers = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Integer> firstParameters = new ArrayList<>();
    private Shape shape;
    /** The last layer, if it is a normalization into which nothing is fused yet. */
    private Optional<NormFactory> unfused = Optional.empty();

    Net(ModelBuilderState blueprint, String prefix, Shape inputShape) {
        this.blueprint = blueprint;
        this.prefix = prefix;
        this.inputShape = inputShape;
        this.shape = inputShape;
    }

    /** How many classes the data has: the size of the last layer. */
    public int classes() {
        return blueprint.classes;
    }

    /** Shape of an example after the layers so far. */
    public Shape shape() {
        return shape;
    }

    /**
     * Whether the job asks for Fixup (Zhang et al. 2019): residual branches that begin as zero, in the place of
     * normalization. A model that can be built so does it then; others ask for a normalization, which is refused.
     */
    public boolean hasFixup() {
        return blueprint.norms.ofJob().isFixup();
    }

    /** A convolution before a normalization: it has a bias only if the job's normalization shifts nothing. */
    public Net conv2d(String name, int channels, int kernel, int stride, int padding) {
        return conv2d(name, channels, kernel, stride, padding, Initializer.heNormal(kernel, channels));
    }

    /** The same with other first weights. */
    public Net conv2d(String name, int channels, int kernel, int stride, int padding, Initializer initializer) {
        return convolution(
                name,
                channels,
                new SlidingWindow(kernel, stride, padding),
                !blueprint.norms.ofJob().shifts(),
                initializer);
    }

    public Net conv2dWithBias(String name, int channels, int kernel, int stride, int padding) {
        return convolution(
                name,
                channels,
                new SlidingWindow(kernel, stride, padding),
                true,
                Initializer.heNormal(kernel, channels));
    }

    private Net convolution(String name, int channels, SlidingWindow window, boolean bias, Initializer initializer) {
        int kernel = window.size();
        int stride = window.stride();
        int padding = window.padding();
        String full = claim(name);
        requirePositive(full, "channels", channels);
        requireFits(full, window);
        int first = blueprint.parameterCount();
        Parametrization parametrization = blueprint.norms.weights();
        LayerWeightsFactory weights = parametrization.define(
                new LayerScope(blueprint, full, shape),
                List.of(channels, shape.channels(), kernel, kernel),
                initializer);
        int biases = bias
                ? blueprint.parameter(full + ".bias", List.of(channels), Role.BIAS, Initializer.constant(0))
                : LinearLayer.NO_BIAS;
        ConvolutionGeometry geometry = new ConvolutionGeometry(
                shape.height(), shape.width(), shape.channels(), channels, kernel, stride, padding);
        Shape output = new Shape(geometry.outputHeight(), geometry.outputWidth(), channels);
        LinearLayer.Place place = new LinearLayer.Place(shape, output, biases, isFirst(first), Optional.of(window));
        blueprint.describe("conv2d " + full + ": " + shape.channels() + " to " + channels + " channels, kernel "
                + kernel + ", stride " + stride + ", padding " + padding + (bias ? ", with bias" : "")
                + parametrization.description());
        return add(
                memory -> new LinearLayer(
                        place,
                        weights.create(memory),
                        memory.linearKernels().convolution(geometry, memory.maxExamples()),
                        memory),
                output,
                first);
    }

    /** The normalization that the job asks for, of pictures or of flat features. */
    public Net norm(String name) {
        return norm(name, blueprint.norms.ofJob());
    }

    /** Batch normalization, whatever the job asks for; with its settings. */
    public Net batchNorm(String name) {
        return norm(name, blueprint.norms.named("batch"));
    }

    /** Group normalization, whatever the job asks for. */
    public Net groupNorm(String name, int groups) {
        return norm(name, blueprint.norms.named("group:" + groups));
    }

    /** Layer normalization, whatever the job asks for: over all numbers of an example. */
    public Net layerNorm(String name) {
        return norm(name, blueprint.norms.named("layer"));
    }

    /** Instance normalization, whatever the job asks for. */
    public Net instanceNorm(String name) {
        return norm(name, blueprint.norms.named("instance"));
    }

    /** A custom normalization. */
    public Net norm(String name, Normalizer normalizer) {
        Shape before = shape;
        NormFactory norm = define(name, normalizer::define);
        if (!shape.equals(before)) {
            throw new ModelException(prefix + name + ": a normalization gives " + shape + " for " + before);
        }
        unfused = Optional.of(norm);
        return this;
    }

    /** A custom layer. */
    public Net add(String name, LayerDefinition layer) {
        define(name, layer::define);
        return this;
    }

    private <F extends LayerFactory> F define(String name, Function<LayerScope, F> layer) {
        int first = blueprint.parameterCount();
        LayerScope scope = new LayerScope(blueprint, claim(name), shape);
        F factory = layer.apply(scope);
        scope.requireDescription();
        add(factory, scope.output(), first);
        return factory;
    }

    public Net relu() {
        blueprint.describe("relu");
        if (unfused.isPresent()) {
            layers.set(layers.size() - 1, unfused.get().withRelu());
            unfused = Optional.empty();
            return this;
        }
        Shape same = shape;
        return add(memory -> new Relu(same, memory), shape, blueprint.parameterCount());
    }

    /** Windows of {@code size} × {@code size}, side by side. */
    public Net maxPool(int size) {
        return maxPool(size, size, 0);
    }

    public Net maxPool(int size, int stride, int padding) {
        SlidingWindow window = new SlidingWindow(size, stride, padding);
        requireFits("max pooling", window);
        if (2 * padding > size) {
            throw new ModelException(
                    at("max pooling") + ": padding " + padding + " is more than half of the window of " + size);
        }
        blueprint.describe("maxPool: window " + size + ", stride " + stride + ", padding " + padding);
        Shape input = shape;
        return add(
                memory -> new MaxPool(input, window, memory),
                window.over(input, input.channels()),
                blueprint.parameterCount());
    }

    public Net averagePool(int size, int stride) {
        SlidingWindow window = new SlidingWindow(size, stride, 0);
        requireFits("average pooling", window);
        blueprint.describe("averagePool: window " + size + ", stride " + stride);
        Shape input = shape;
        return add(
                memory -> AveragePool.of(input, window, memory),
                window.over(input, input.channels()),
                blueprint.parameterCount());
    }

    /** The mean of each channel: 1 × 1 × channels. */
    public Net globalAveragePool() {
        blueprint.describe("globalAveragePool");
        Shape input = shape;
        return add(
                memory -> AveragePool.global(input, memory), Shape.flat(input.channels()), blueprint.parameterCount());
    }

    /** Flat features in the order channel, row, column. */
    public Net flatten() {
        blueprint.describe("flatten");
        Shape input = shape;
        return input.pixels() == 1
                ? this
                : add(memory -> new Flatten(input, memory), Shape.flat(input.size()), blueprint.parameterCount());
    }

    /** Appends channels of zeros up to a number of channels. */
    public Net padChannels(int channels) {
        if (channels < shape.channels()) {
            throw new ModelException(at("padding") + ": " + shape.channels() + " channels cannot become " + channels);
        }
        blueprint.describe("padChannels: to " + channels);
        Shape input = shape;
        return add(
                memory -> new PadChannels(input, channels, memory),
                new Shape(input.height(), input.width(), channels),
                blueprint.parameterCount());
    }

    /** A dense layer with bias. */
    public Net dense(String name, int features) {
        return dense(name, features, Initializer.uniform(shape.channels()));
    }

    /** The same with other first weights and biases. */
    public Net dense(String name, int features, Initializer initializer) {
        String full = claim(name);
        requirePositive(full, "features", features);
        if (shape.pixels() != 1) {
            throw new ModelException(full + ": a dense layer takes flat features, but a picture of " + shape
                    + " comes; put flatten() or globalAveragePool() before it");
        }
        int first = blueprint.parameterCount();
        int inputs = shape.channels();
        Parametrization parametrization = blueprint.norms.weightsOfDense();
        blueprint.describe(
                "dense " + full + ": " + inputs + " to " + features + " features" + parametrization.description());
        LayerWeightsFactory weights =
                parametrization.define(new LayerScope(blueprint, full, shape), List.of(features, inputs), initializer);
        int biases = blueprint.parameter(full + ".bias", List.of(features), Role.BIAS, initializer);
        Shape output = Shape.flat(features);
        LinearLayer.Place place = new LinearLayer.Place(shape, output, biases, isFirst(first), Optional.empty());
        return add(
                memory -> new LinearLayer(
                        place,
                        weights.create(memory),
                        memory.linearKernels().matrixProduct(inputs, features, memory.maxExamples()),
                        memory),
                output,
                first);
    }

    /** Dropout at the job's rate. */
    public Net dropout() {
        return dropout(blueprint.dropout);
    }

    public Net dropout(double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new ModelException(at("dropout") + ": the rate must be from 0 to below 1, not " + rate);
        }
        if (rate == 0) {
            return this;
        }
        blueprint.describe("dropout: rate " + rate);
        Shape same = shape;
        int number = blueprint.nextDropoutLayer();
        return add(memory -> new Dropout(same, rate, number, memory), shape, blueprint.parameterCount());
    }

    /** A residual block around the identity; see {@link #residual(String, Consumer, Consumer)}. */
    public Net residual(String scope, Consumer<Net> main) {
        return residual(scope, main, shortcut -> {});
    }

    /**
     * relu(main(x) + shortcut(x)).
     *
     * @param scope in front of the names of the layers in both branches
     * @param main ends with a normalization, without ReLU
     * @param shortcut may be empty
     */
    public Net residual(String scope, Consumer<Net> main, Consumer<Net> shortcut) {
        int first = blueprint.parameterCount();
        blueprint.describe("residual " + prefix + scope + ": main");
        Net mainNet = new Net(blueprint, prefix + scope + ".", shape);
        main.accept(mainNet);
        blueprint.describe("residual " + prefix + scope + ": shortcut");
        Net shortcutNet = new Net(blueprint, prefix + scope + ".", shape);
        shortcut.accept(shortcutNet);
        blueprint.describe("residual " + prefix + scope + ": relu of their sum");
        NormFactory norm = mainNet.unfused.orElseThrow(() -> new ModelException(prefix + scope
                + ": the main branch of a residual block must end with norm or batchNorm, without relu"));
        if (!mainNet.shape.equals(shortcutNet.shape)) {
            throw new ModelException(prefix + scope + ": the main branch gives " + mainNet.shape + " and the shortcut "
                    + shortcutNet.shape + "; they are added and must be equal");
        }
        int last = mainNet.layers.size() - 1;
        int firstNormParameter = mainNet.firstParameters.get(last);
        String nameOfNorm = mainNet.names.get(last);
        mainNet.layers.remove(last);
        mainNet.names.remove(last);
        mainNet.firstParameters.remove(last);
        return add(
                new Residual.Spec(
                        mainNet.sequential(),
                        norm,
                        nameOfNorm,
                        firstNormParameter,
                        shortcutNet.sequential(),
                        mainNet.shape),
                mainNet.shape,
                first);
    }

    Sequential.Spec sequential() {
        return new Sequential.Spec(inputShape, layers, names, firstParameters);
    }

    private Net add(LayerFactory layer, Shape output, int firstParameter) {
        unfused = Optional.empty();
        layers.add(layer);
        names.add(blueprint.lastLayer());
        firstParameters.add(firstParameter);
        shape = output;
        return this;
    }

    /** Whether a layer of the model itself, not of a block, has no parameters before it. */
    private boolean isFirst(int firstParameter) {
        return prefix.isEmpty() && firstParameter == 0;
    }

    private String claim(String name) {
        String full = prefix + name;
        blueprint.claimName(full);
        return full;
    }

    private String at(String what) {
        return what + " behind layer " + layers.size() + " of " + (prefix.isEmpty() ? "the model" : prefix);
    }

    private void requireFits(String layer, SlidingWindow window) {
        requirePositive(layer, "window", window.size());
        requirePositive(layer, "stride", window.stride());
        if (window.padding() < 0) {
            throw new ModelException(layer + ": padding must not be negative, but is " + window.padding());
        }
        if (!window.fits(shape)) {
            throw new ModelException(layer + ": a window of " + window.size() + "x" + window.size()
                    + " does not fit into a picture of " + shape + " with padding " + window.padding()
                    + "; the model needs larger pictures");
        }
    }

    private static void requirePositive(String layer, String what, int value) {
        if (value < 1) {
            throw new ModelException(layer + ": " + what + " must be at least 1, but is " + value);
        }
    }
}
