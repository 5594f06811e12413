package io.syncbn.proto.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns settings' texts into a {@link Job}, and collects everything that is wrong with them. */
public final class JobParser {
    private static final long DEFAULT_EPOCHS = 4;
    private static final String GHOST = "ghost:";
    private static final Pattern BATCH_GROUP = Pattern.compile("batch-group:([0-9]{1,9}):.*");

    private final Map<String, String> settings = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private JobParser(Map<String, String> given) {
        String optimizer =
                given.getOrDefault("optimizer", JobSettings.named("optimizer").defaultValue());
        for (Setting setting : JobSettings.ALL) {
            settings.put(setting.name(), given.getOrDefault(setting.name(), setting.defaultWith(optimizer)));
        }
    }

    /**
     * Reads a job.
     *
     * @param given texts by name; those of {@link JobSettings} that are missing take their default, others are ignored
     * @param shards how many, when that is not given
     * @throws JobException with every problem, if there is one
     */
    public static Job parse(Map<String, String> given, int shards) {
        return new JobParser(given).job(shards);
    }

    private Job job(int shards) {
        if (settings.get("shards").isEmpty()) {
            settings.put("shards", Integer.toString(shards));
        }
        Job job = new Job(settings, model(), data(), batches(), optimization(), determinism());
        requireGhostsInBatch(job);
        if (!problems.isEmpty()) {
            throw new JobException(problems);
        }
        return job;
    }

    private void requireGhostsInBatch(Job job) {
        int batch = job.batches().batch();
        int ghost = job.model().normalization().groups().examples();
        if (ghost > batch) {
            problems.add("--norm-group is 'ghost:" + ghost + "', but --batch is " + batch
                    + "; a ghost batch is a part of a shard's batch");
        }
        String norm = job.model().normalization().kind();
        Matcher examples = BATCH_GROUP.matcher(norm);
        if (examples.matches() && Long.parseLong(examples.group(1)) > batch) {
            problems.add("--norm is '" + norm + "', but --batch is " + batch + "; give batch-group:all:G and a"
                    + " --norm-group for statistics over several shards");
        }
    }

    private Job.Model model() {
        return new Job.Model(
                text("model", value -> !value.isBlank(), "a model's name"),
                normalization(),
                Optional.of(settings.get("init")).filter(file -> !file.isEmpty()));
    }

    private Job.Data data() {
        return new Job.Data(
                Job.DataSource.of(text("data", value -> !value.isBlank(), "a data format, and where its files are")),
                integer("image-size", 0, 4096),
                flag("shuffle"),
                flag("augment"));
    }

    private Job.Batches batches() {
        return new Job.Batches(integer("shards", 1, 1 << 20), integer("batch", 1, 1 << 20), length());
    }

    private Job.Determinism determinism() {
        String flag = text("kernels", Kernels.names()::contains, "portable, onednn or nd4j");
        Kernels kernels = Kernels.names().contains(flag) ? Kernels.ofFlag(flag) : Kernels.PORTABLE;
        boolean isAvx2 = text("isa", List.of("native", "avx2")::contains, "native or avx2")
                .equals("avx2");
        if (isAvx2 && kernels != Kernels.ONEDNN) {
            problems.add("--isa avx2 limits oneDNN, but --kernels is '" + kernels.flag() + "'"
                    + (kernels == Kernels.PORTABLE ? ", which gives equal bits on all processors without it" : ""));
        }
        return new Job.Determinism(
                number("seed", Long::parseLong, value -> true, "a whole number"),
                kernels,
                isAvx2 ? InstructionSet.AVX2 : InstructionSet.NATIVE);
    }

    private Job.Length length() {
        boolean epochs = !settings.get("epochs").isEmpty();
        boolean steps = !settings.get("steps").isEmpty();
        if (epochs && steps) {
            problems.add("--epochs and --steps were both given; one of them says how long the job is");
        }
        if (!epochs && !steps) {
            settings.put("epochs", Long.toString(DEFAULT_EPOCHS));
            epochs = true;
        }
        return new Job.Length(epochs ? count("epochs") : 0, steps ? count("steps") : 0);
    }

    private Normalization normalization() {
        return new Normalization(
                text("norm", value -> !value.isBlank(), "a normalization's name"),
                groups(),
                number("norm-epsilon", Double::parseDouble, e -> e > 0 && e < 1, "a number above 0 and below 1"),
                flag("norm-affine"),
                runningStatistics(),
                flag("weight-standardization"));
    }

    private Normalization.Groups groups() {
        String given = settings.get("norm-group").strip();
        String expected = "all, a whole number of shards from 1, or ghost:K for K examples of a shard";
        if (given.equals("all")) {
            return new Normalization.Groups(0, 0);
        }
        if (!given.startsWith(GHOST)) {
            return new Normalization.Groups(number("norm-group", Integer::parseInt, n -> n >= 1, expected), 0);
        }
        try {
            int examples = Integer.parseInt(given.substring(GHOST.length()));
            if (examples >= 1) {
                settings.put("norm-group", GHOST + examples);
                return new Normalization.Groups(1, examples);
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        problem("norm-group", given, expected);
        return new Normalization.Groups(0, 0);
    }

    private Normalization.Running runningStatistics() {
        OptionalDouble momentum = settings.get("norm-momentum").equals("cumulative")
                ? OptionalDouble.empty()
                : OptionalDouble.of(number(
                        "norm-momentum",
                        Double::parseDouble,
                        m -> m >= 0 && m <= 1,
                        "a number from 0 to 1, or cumulative"));
        boolean tracked = flag("norm-track-running");
        String variance = text("norm-running-variance", List.of("unbiased", "biased")::contains, "unbiased or biased");
        long freezeAt = number("norm-freeze-at", Long::parseLong, step -> step >= 0, "a step, or 0 for never");
        if (freezeAt > 0 && !tracked) {
            problems.add("--norm-freeze-at needs running statistics; --norm-track-running is false");
        }
        return new Normalization.Running(
                momentum,
                tracked,
                variance.equals("unbiased"),
                freezeAt == 0 ? Normalization.Running.NEVER : freezeAt,
                preciseBatches(tracked, freezeAt > 0));
    }

    private int preciseBatches(boolean tracked, boolean frozen) {
        int batches = settings.get("precise-bn").equals("all")
                ? Normalization.Running.ALL
                : number(
                        "precise-bn",
                        Integer::parseInt,
                        n -> n >= 0 && n < Normalization.Running.ALL,
                        "a number of batches, all, or 0 for none");
        if (batches > 0 && !tracked) {
            problems.add("--precise-bn estimates anew what --norm-track-running keeps; that is false");
        }
        if (batches > 0 && (frozen || settings.get("norm").equals("frozen"))) {
            problems.add("--precise-bn estimates statistics anew, but those of this job are frozen");
        }
        return batches;
    }

    private Optimization optimization() {
        return new Optimization(
                hyperparameters(),
                new Optimization.Rate(
                        real("lr", ValueKind.POSITIVE),
                        scaling(),
                        integer("lr-base-batch", 1, 1 << 30),
                        schedule(),
                        number("warmup", Double::parseDouble, e -> e >= 0 && e < 1e9, "a number of epochs from 0")),
                new Optimization.Decay(
                        number("weight-decay", Double::parseDouble, d -> d >= 0 && d < 1e6, "a number from 0"),
                        flag("decay-all")),
                safeguard(),
                new Optimization.Regularization(
                        real("label-smoothing", ValueKind.FRACTION), real("dropout", ValueKind.FRACTION)),
                real("ema-decay", ValueKind.FRACTION));
    }

    private Optimization.Scaling scaling() {
        return switch (text("scale-lr", List.of("none", "linear", "sqrt")::contains, "none, linear or sqrt")) {
            case "linear" -> Optimization.Scaling.LINEAR;
            case "sqrt" -> Optimization.Scaling.SQRT;
            default -> Optimization.Scaling.NONE;
        };
    }

    private Optimization.Safeguard safeguard() {
        double clipNorm = number("clip-norm", Double::parseDouble, c -> c >= 0 && c < 1e30, "a number from 0");
        double clipAgc = number("clip-agc", Double::parseDouble, c -> c >= 0 && c < 1e30, "a number from 0");
        if (clipNorm > 0 && clipAgc > 0) {
            problems.add("--clip-norm is " + clipNorm + " and --clip-agc is " + clipAgc
                    + "; expected at most one of them above 0");
        }
        boolean skips = text("on-nan", List.of("stop", "skip")::contains, "stop or skip")
                .equals("skip");
        return new Optimization.Safeguard(clipNorm, clipAgc, skips);
    }

    /** Settings of other optimizers are not part of the job; setting one of them is an error. */
    private Hyperparameters hyperparameters() {
        String optimizer = text("optimizer", value -> !value.isBlank(), "an optimizer's name");
        Map<String, String> own = new TreeMap<>();
        for (Setting setting : JobSettings.ALL) {
            setting.hyperparameter().ifPresent(its -> {
                String value = canonical(setting, its.kind());
                if (its.defaults().containsKey(optimizer)) {
                    own.put(setting.name(), value);
                } else {
                    settings.remove(setting.name());
                    if (!isDefault(value, its)) {
                        problems.add("--" + setting.name() + " is of --optimizer "
                                + String.join(" or ", its.defaults().keySet()) + "; this job has --optimizer "
                                + optimizer);
                    }
                }
            });
        }
        Hyperparameters hyperparameters = new Hyperparameters(optimizer, own);
        if (optimizer.equals("sgd") && hyperparameters.flag("nesterov") && hyperparameters.number("momentum") == 0) {
            problems.add("--nesterov needs a --momentum above 0");
        }
        return hyperparameters;
    }

    /** A job file that was written for another optimizer has its defaults; nobody asked for those. */
    private static boolean isDefault(String value, Setting.Hyperparameter its) {
        return its.defaults().values().stream()
                .anyMatch(text -> its.kind().canonical(text).equals(Optional.of(value)));
    }

    /** Checks a value, and puts its canonical text in place of the given one. */
    private String canonical(Setting setting, ValueKind kind) {
        String given = settings.get(setting.name());
        Optional<String> value = kind.canonical(given);
        if (value.isEmpty()) {
            problem(setting.name(), given, kind.expected());
        }
        String canonical = value.orElse(setting.defaultValue());
        settings.put(setting.name(), canonical);
        return canonical;
    }

    private Schedule schedule() {
        String given = settings.get("schedule");
        String expected =
                "constant, cosine, or step:FRACTION,FRACTION…[:FACTOR] with fractions ascending between 0 and 1";
        String[] parts = given.split(":", -1);
        switch (parts[0]) {
            case "constant":
                if (parts.length == 1) {
                    return new Schedule.Constant();
                }
                break;
            case "cosine":
                if (parts.length == 1) {
                    return new Schedule.Cosine();
                }
                break;
            case "step":
                if (parts.length == 2 || parts.length == 3) {
                    try {
                        List<Double> milestones = Arrays.stream(parts[1].split(",", -1))
                                .map(Double::valueOf)
                                .toList();
                        double factor = parts.length == 3 ? Double.parseDouble(parts[2]) : 0.1;
                        if (isAscendingFractions(milestones) && factor > 0 && factor <= 1) {
                            String fractions =
                                    milestones.stream().map(String::valueOf).collect(Collectors.joining(","));
                            settings.put("schedule", "step:" + fractions + ":" + factor);
                            return new Schedule.Step(milestones, factor);
                        }
                    } catch (NumberFormatException e) {
                        break;
                    }
                }
                break;
            default:
                break;
        }
        problem("schedule", given, expected);
        return new Schedule.Constant();
    }

    private static boolean isAscendingFractions(List<Double> milestones) {
        double last = 0;
        for (double milestone : milestones) {
            if (!(milestone > last && milestone < 1)) {
                return false;
            }
            last = milestone;
        }
        return true;
    }

    private int integer(String name, int least, int most) {
        return number(
                name, Integer::parseInt, n -> n >= least && n <= most, "a whole number from " + least + " to " + most);
    }

    private long count(String name) {
        return number(name, Long::parseLong, n -> n >= 1 && n <= 1L << 40, "a whole number from 1");
    }

    private double real(String name, ValueKind kind) {
        return Double.parseDouble(canonical(JobSettings.named(name), kind));
    }

    private boolean flag(String name) {
        return canonical(JobSettings.named(name), ValueKind.FLAG).equals("true");
    }

    private String text(String name, Predicate<String> good, String expected) {
        String given = settings.get(name);
        if (!good.test(given)) {
            problem(name, given, expected);
        }
        return given;
    }

    /** Reads a number and puts its canonical text (0.10 and 1e-1 are one job) in place of the given one. */
    private <N extends Number> N number(String name, Function<String, N> parser, Predicate<N> good, String expected) {
        String given = settings.get(name);
        try {
            N value = parser.apply(given.strip());
            if (good.test(value)) {
                settings.put(name, value.toString());
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        problem(name, given, expected);
        return parser.apply("0");
    }

    private void problem(String name, String given, String expected) {
        problems.add("--" + name + " is '" + given + "'; expected " + expected);
    }
}
