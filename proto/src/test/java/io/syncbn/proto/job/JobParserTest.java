package io.syncbn.proto.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobParserTest {

    @Test
    void everyDefault() {
        Job job = JobParser.parse(Map.of(), 4);
        assertThat(job.model().name()).isEqualTo("resnet20");
        assertThat(job.data().source()).isEqualTo(new Job.DataSource("shapes", ""));
        assertThat(job.data().imageSize()).isZero();
        assertThat(job.determinism().seed()).isEqualTo(1);
        assertThat(job.batches().shards()).as("the number of workers").isEqualTo(4);
        assertThat(job.batches().batch()).isEqualTo(2);
        assertThat(job.batches().length()).isEqualTo(new Job.Length(4, 0));
        assertThat(job.model().normalization()).isEqualTo(Normalization.DEFAULT);
        assertThat(job.model().normalization().groupSize(4)).as("all").isEqualTo(4);
        assertThat(job.optimization())
                .isEqualTo(new Optimization(
                        new Hyperparameters("sgd", Map.of("momentum", "0.9", "nesterov", "false")),
                        new Optimization.Rate(0.05, Optimization.Scaling.NONE, 256, new Schedule.Cosine(), 0),
                        new Optimization.Decay(1e-4, false),
                        new Optimization.Safeguard(0, 0, false),
                        new Optimization.Regularization(0, 0),
                        0));
        assertThat(job.data().shuffle()).isTrue();
        assertThat(job.data().augment()).isFalse();
        assertThat(job.model().init()).isEmpty();
    }

    @Test
    void everySettingIsPartOfTheCanonicalFormButThoseOfOtherOptimizers() {
        assertThat(JobParser.parse(Map.of(), 1).settings().keySet())
                .containsExactlyElementsOf(JobSettings.ALL.stream()
                        .filter(setting -> setting.hyperparameter()
                                .map(its -> its.defaults().containsKey("sgd"))
                                .orElse(true))
                        .map(Setting::name)
                        .sorted()
                        .toList());
    }

    @Test
    void settingsOfOtherOptimizersAreNoPartOfTheJob() {
        Job job = JobParser.parse(Map.of("optimizer", "mine", "momentum", " 9e-1", "nesterov", "false"), 1);
        assertThat(job.optimization().optimizer()).isEqualTo(new Hyperparameters("mine", Map.of()));
        assertThat(job.settings()).containsEntry("optimizer", "mine").doesNotContainKeys("momentum", "nesterov");
    }

    @Test
    void toSetOneOfAnotherOptimizerIsAMistake() {
        assertThatThrownBy(() -> JobParser.parse(Map.of("optimizer", "mine", "momentum", "0.8", "nesterov", "true"), 1))
                .hasMessageContainingAll(
                        "--momentum is of --optimizer sgd or lars; this job has --optimizer mine",
                        "--nesterov is of --optimizer sgd; this job has --optimizer mine");
    }

    @Test
    void anInstructionSetIsOneDnns() {
        assertThat(JobParser.parse(Map.of(), 1).determinism().kernels()).isEqualTo(Kernels.PORTABLE);
        assertThat(JobParser.parse(Map.of("kernels", "nd4j"), 1).determinism())
                .isEqualTo(new Job.Determinism(1, Kernels.ND4J, InstructionSet.NATIVE));
        assertThat(JobParser.parse(Map.of("kernels", "onednn", "isa", "avx2"), 1)
                        .determinism())
                .isEqualTo(new Job.Determinism(1, Kernels.ONEDNN, InstructionSet.AVX2));
        assertThatThrownBy(() -> JobParser.parse(Map.of("isa", "avx2"), 1))
                .hasMessage(
                        "--isa avx2 limits oneDNN, but --kernels is 'portable', which gives equal bits on all processors"
                                + " without it");
        assertThatThrownBy(() -> JobParser.parse(Map.of("isa", "avx2", "kernels", "nd4j"), 1))
                .hasMessage("--isa avx2 limits oneDNN, but --kernels is 'nd4j'");
        assertThatThrownBy(() -> JobParser.parse(Map.of("kernels", "mkl"), 1))
                .hasMessage("--kernels is 'mkl'; expected portable, onednn or nd4j");
    }

    @Test
    void everySettingIsRead() {
        Job job = JobParser.parse(
                Map.ofEntries(
                        Map.entry("model", "lenet"),
                        Map.entry("data", "mnist:/data/c:/mnist"),
                        Map.entry("image-size", "32"),
                        Map.entry("seed", "-7"),
                        Map.entry("shards", "8"),
                        Map.entry("batch", "16"),
                        Map.entry("steps", "100"),
                        Map.entry("norm", "group:4"),
                        Map.entry("norm-group", "3"),
                        Map.entry("norm-momentum", "cumulative"),
                        Map.entry("norm-epsilon", "0.001"),
                        Map.entry("norm-affine", "false"),
                        Map.entry("norm-track-running", "false"),
                        Map.entry("norm-running-variance", "biased"),
                        Map.entry("lr", "0.4"),
                        Map.entry("scale-lr", "sqrt"),
                        Map.entry("lr-base-batch", "64"),
                        Map.entry("momentum", "0.5"),
                        Map.entry("nesterov", "true"),
                        Map.entry("weight-decay", "0.01"),
                        Map.entry("decay-all", "true"),
                        Map.entry("clip-norm", "2"),
                        Map.entry("schedule", "step:0.5,0.75"),
                        Map.entry("warmup", "0.5"),
                        Map.entry("label-smoothing", "0.1"),
                        Map.entry("dropout", "0.2"),
                        Map.entry("ema-decay", "0.75"),
                        Map.entry("shuffle", "false"),
                        Map.entry("augment", "true"),
                        Map.entry("on-nan", "skip"),
                        Map.entry("init", "a.safetensors")),
                2);
        assertThat(job.model().name()).isEqualTo("lenet");
        assertThat(job.data().source()).isEqualTo(new Job.DataSource("mnist", "/data/c:/mnist"));
        assertThat(job.data().imageSize()).isEqualTo(32);
        assertThat(job.determinism().seed()).isEqualTo(-7);
        assertThat(job.batches().shards()).isEqualTo(8);
        assertThat(job.batches().batch()).isEqualTo(16);
        assertThat(job.batches().length()).isEqualTo(new Job.Length(0, 100));
        assertThat(job.model().normalization())
                .isEqualTo(new Normalization(
                        "group:4",
                        new Normalization.Groups(3, 0),
                        0.001,
                        false,
                        new Normalization.Running(OptionalDouble.empty(), false, false, Normalization.Running.NEVER, 0),
                        false));
        assertThat(job.optimization())
                .isEqualTo(new Optimization(
                        new Hyperparameters("sgd", Map.of("momentum", "0.5", "nesterov", "true")),
                        new Optimization.Rate(
                                0.4, Optimization.Scaling.SQRT, 64, new Schedule.Step(List.of(0.5, 0.75), 0.1), 0.5),
                        new Optimization.Decay(0.01, true),
                        new Optimization.Safeguard(2, 0, true),
                        new Optimization.Regularization(0.1, 0.2),
                        0.75));
        assertThat(job.data().shuffle()).isFalse();
        assertThat(job.data().augment()).isTrue();
        assertThat(job.model().init()).isEqualTo(Optional.of("a.safetensors"));
    }

    @Test
    void ghostBatchesAreGroupsOfTheirOwn() {
        Normalization ghost = JobParser.parse(Map.of("norm-group", "ghost:04", "batch", "8"), 3)
                .model()
                .normalization();
        assertThat(ghost.groups()).isEqualTo(new Normalization.Groups(1, 4));
        assertThat(ghost.groupSize(3)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "norm-group | ghost:3 | --norm-group is 'ghost:3', but --batch is 2; a ghost batch is a part of a shard's",
                "norm | batch-group:4:2 | --norm is 'batch-group:4:2', but --batch is 2; give batch-group:all:G and a",
            })
    void groupsOfExamplesThatABatchDoesNotHaveAreNamed(String name, String value, String message) {
        assertThatThrownBy(() -> JobParser.parse(Map.of(name, value), 3)).hasMessageContaining(message);
    }

    @Test
    void frozenStatisticsMustBeTracked() {
        assertThatThrownBy(() -> JobParser.parse(Map.of("norm-freeze-at", "9", "norm-track-running", "false"), 3))
                .hasMessage("--norm-freeze-at needs running statistics; --norm-track-running is false");
        assertThat(JobParser.parse(Map.of("norm-freeze-at", "9"), 3)
                        .model()
                        .normalization()
                        .running()
                        .frozenFrom())
                .isEqualTo(9);
    }

    @Test
    void statisticsThatAreFrozenOrNotTrackedAreNotEstimated() {
        for (Map<String, String> given : List.of(
                Map.of("precise-bn", "4", "norm", "frozen"),
                Map.of("precise-bn", "all", "norm-freeze-at", "9"),
                Map.of("precise-bn", "all", "norm-track-running", "false"))) {
            assertThatThrownBy(() -> JobParser.parse(given, 3)).hasMessageStartingWith("--precise-bn estimates ");
        }
        assertThat(JobParser.parse(Map.of("precise-bn", "all"), 3)
                        .model()
                        .normalization()
                        .running()
                        .preciseBatches())
                .isEqualTo(Normalization.Running.ALL);
    }

    /** Whatever the format is called: who opens it knows. */
    @ParameterizedTest
    @CsvSource({
        "shapes, shapes, ''",
        "tfds:/data/c:/x, tfds, /data/c:/x",
        "class:com.example.MyData, class:com.example.MyData, ''",
        "class:com.example.MyData:/data/c:/x, class:com.example.MyData, /data/c:/x",
    })
    void dataIsAFormatAndAPath(String given, String format, String path) {
        Job.DataSource source = JobParser.parse(Map.of("data", given), 2).data().source();
        assertThat(source).isEqualTo(new Job.DataSource(format, path));
        assertThat(source).hasToString(given);
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        Map<String, String> given = new HashMap<>();
        given.put("batch", "0");
        given.put("lr", "fast");
        given.put("norm-group", "some");
        given.put("shuffle", "yes");
        given.put("data", " ");
        given.put("epochs", "1");
        given.put("steps", "1");
        JobException problems = catchThrowableOfType(JobException.class, () -> JobParser.parse(given, 2));
        assertThat(problems.problems())
                .containsExactlyInAnyOrder(
                        "--epochs and --steps were both given; one of them says how long the job is",
                        "--batch is '0'; expected a whole number from 1 to 1048576",
                        "--lr is 'fast'; expected a number above 0",
                        "--norm-group is 'some'; expected all, a whole number of shards from 1, or ghost:K for K examples"
                                + " of a shard",
                        "--shuffle is 'yes'; expected true or false",
                        "--data is ' '; expected a data format, and where its files are");
        assertThat(problems.getMessage().lines()).hasSize(6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model | ' '",
                "image-size | -1",
                "seed | 1.5",
                "shards | 1048577",
                "epochs | 0",
                "steps | 1e3",
                "norm | ' '",
                "norm-group | 0",
                "norm-group | ghost:0",
                "norm-group | ghost:few",
                "norm-freeze-at | -1",
                "precise-bn | few",
                "precise-bn | -1",
                "norm-momentum | 1.1",
                "norm-epsilon | 0",
                "norm-running-variance | both",
                "optimizer | ' '",
                "lr | 0",
                "lr | NaN",
                "scale-lr | true",
                "lr-base-batch | 0",
                "clip-agc | -0.01",
                "momentum | 1",
                "weight-decay | -1e-4",
                "clip-norm | Infinity",
                "schedule | step",
                "schedule | step:0.75,0.5",
                "schedule | step:0.5:2",
                "schedule | step:half",
                "schedule | cosine:2",
                "schedule | linear",
                "warmup | -1",
                "label-smoothing | 1",
                "dropout | -0.1"
            })
    void refusesWhatIsOutOfRange(String name, String value) {
        assertThatThrownBy(() -> JobParser.parse(Map.of(name, value), 2))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("--" + name + " is '" + value + "'; expected ");
    }

    @Test
    void nesterovNeedsMomentum() {
        assertThatThrownBy(() -> JobParser.parse(Map.of("nesterov", "true", "momentum", "0"), 2))
                .hasMessage("--nesterov needs a --momentum above 0");
    }

    @Test
    void everyOptimizerHasItsSettingsAndDefaults() {
        assertThat(own("sgd")).isEqualTo(Map.of("momentum", "0.9", "nesterov", "false"));
        assertThat(own("lars")).isEqualTo(Map.of("momentum", "0.9", "trust-coefficient", "0.001"));
        assertThat(own("adamw")).isEqualTo(Map.of("beta1", "0.9", "beta2", "0.999", "optimizer-epsilon", "1.0E-8"));
        assertThat(own("lamb")).isEqualTo(Map.of("beta1", "0.9", "beta2", "0.999", "optimizer-epsilon", "1.0E-6"));
        assertThat(own("lamb", "optimizer-epsilon", "1e-8")).containsEntry("optimizer-epsilon", "1.0E-8");
        assertThat(JobSettings.named("optimizer-epsilon").defaultText()).isEqualTo("1e-8; lamb: 1e-6");
        assertThat(JobSettings.named("beta1").defaultText()).isEqualTo("0.9");
    }

    /** As when a job file of LAMB is used with --optimizer sgd. */
    @Test
    void anyOptimizersDefaultIsNoSettingOfAnother() {
        assertThat(own("sgd", "optimizer-epsilon", "1e-6")).doesNotContainKey("optimizer-epsilon");
        assertThat(own("sgd", "optimizer-epsilon", "1e-8")).doesNotContainKey("optimizer-epsilon");
        assertThatThrownBy(() -> own("sgd", "optimizer-epsilon", "1e-7"))
                .hasMessage("--optimizer-epsilon is of --optimizer adamw or lamb; this job has --optimizer sgd");
    }

    private static Map<String, String> own(String optimizer, String... nameAndValue) {
        Map<String, String> given = new HashMap<>(Map.of("optimizer", optimizer));
        if (nameAndValue.length > 0) {
            given.put(nameAndValue[0], nameAndValue[1]);
        }
        return JobParser.parse(given, 2).optimization().optimizer().values();
    }

    @Test
    void gradientsAreClippedInOneWayOnly() {
        assertThat(JobParser.parse(Map.of("clip-agc", "0.01"), 2).optimization().safeguard())
                .isEqualTo(new Optimization.Safeguard(0, 0.01, false));
        assertThatThrownBy(() -> JobParser.parse(Map.of("clip-norm", "1", "clip-agc", "0.01"), 2))
                .hasMessage("--clip-norm is 1.0 and --clip-agc is 0.01; expected at most one of them above 0");
    }

    @Test
    void aGroupIsNoLargerThanTheShards() {
        Normalization normalization =
                JobParser.parse(Map.of("norm-group", "4"), 2).model().normalization();
        assertThat(normalization.groupSize(3)).isEqualTo(3);
        assertThat(normalization.groupSize(9)).isEqualTo(4);
    }
}
