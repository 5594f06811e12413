package io.syncbn.proto.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    /** Another good value for each setting that decides a result. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("model", "lenet"),
            Map.entry("data", "mnist:/data"),
            Map.entry("image-size", "32"),
            Map.entry("seed", "2"),
            Map.entry("shards", "8"),
            Map.entry("batch", "3"),
            Map.entry("epochs", "11"),
            Map.entry("steps", "10"),
            Map.entry("norm", "group:2"),
            Map.entry("norm-group", "2"),
            Map.entry("norm-momentum", "cumulative"),
            Map.entry("norm-freeze-at", "7"),
            Map.entry("norm-epsilon", "1e-3"),
            Map.entry("norm-affine", "false"),
            Map.entry("norm-track-running", "false"),
            Map.entry("norm-running-variance", "biased"),
            Map.entry("precise-bn", "all"),
            Map.entry("weight-standardization", "true"),
            Map.entry("optimizer", "mine"),
            Map.entry("lr", "0.1"),
            Map.entry("scale-lr", "sqrt"),
            Map.entry("lr-base-batch", "128"),
            Map.entry("momentum", "0.8"),
            Map.entry("nesterov", "true"),
            Map.entry("weight-decay", "0"),
            Map.entry("decay-all", "true"),
            Map.entry("clip-norm", "1"),
            Map.entry("clip-agc", "0.01"),
            Map.entry("schedule", "constant"),
            Map.entry("warmup", "1"),
            Map.entry("label-smoothing", "0.1"),
            Map.entry("dropout", "0.1"),
            Map.entry("ema-decay", "0.9"),
            Map.entry("shuffle", "false"),
            Map.entry("augment", "true"),
            Map.entry("on-nan", "skip"),
            Map.entry("kernels", "nd4j"),
            Map.entry("isa", "avx2"));

    @Test
    void everySettingThatDecidesTheResultChangesIt() {
        Set<String> fingerprints = new HashSet<>(Set.of(of(Map.of())));
        for (Setting setting : JobSettings.ALL) {
            if (!setting.name().equals("init")) {
                String value = OTHERS.containsKey(setting.name())
                                || setting.hyperparameter().isEmpty()
                        ? OTHERS.get(setting.name())
                        : "0.125";
                assertThat(value).as(setting.name()).isNotNull();
                Map<String, String> given = new HashMap<>(Map.of(setting.name(), value));
                if (setting.name().equals("isa")) {
                    given.put("kernels", "onednn");
                    assertThat(fingerprints.add(of(Map.of("kernels", "onednn"))))
                            .isTrue();
                }
                setting.hyperparameter()
                        .ifPresent(its -> given.put(
                                "optimizer", its.defaults().keySet().iterator().next()));
                assertThat(fingerprints.add(of(given)))
                        .as("%s=%s", setting.name(), value)
                        .isTrue();
            }
        }
    }

    @Test
    void spellingDoesNotMatter() {
        String expected = of(Map.of());
        for (Setting setting : JobSettings.ALL) {
            assertThat(of(Map.of(setting.name(), setting.defaultValue())))
                    .as(setting.name())
                    .isEqualTo(expected);
        }
        assertThat(of(Map.of("shards", "4", "epochs", "4"))).isEqualTo(expected);
        assertThat(of(Map.of("lr", " 5e-2", "weight-decay", "0.00010", "momentum", ".9", "seed", "+01")))
                .isEqualTo(expected);
        assertThat(of(Map.of("schedule", "step:0.5,0.75"))).isEqualTo(of(Map.of("schedule", "step:.5,0.750:1e-1")));
    }

    @Test
    void settingsThatCameLaterLeaveItAsItWas() {
        assertThat(of(Map.of("kernels", "onednn")))
                .isEqualTo("8ad7b0c91213a63586132fe2e921d51baec59e70c2bec51a89d07e94652ba652");
        assertThat(of(Map.of("lr-base-batch", "256", "clip-agc", "0"))).isEqualTo(of(Map.of()));
    }

    /** As version 6 of the protocol first had them, when they were --scale-lr true|false and --epsilon. */
    @Test
    void newNamesAndValuesLeaveItAsItWas() {
        assertThat(of(Map.of("scale-lr", "none"))).isEqualTo(of(Map.of()));
        assertThat(of(Map.of("kernels", "onednn", "scale-lr", "linear")))
                .isEqualTo("11887001ce7474697c3696732a568b9c0df482fe509d38950a7351dbad478efb");
        assertThat(of(Map.of("kernels", "onednn", "optimizer", "adamw")))
                .isEqualTo("73fd8fb3067e3ee54dd95e5aa72b9a19fc9e5f572d1e4b55fa3ba31a13120a04");
        assertThat(of(Map.of("kernels", "onednn", "optimizer", "adamw", "optimizer-epsilon", "1e-6", "beta1", "0.8")))
                .isEqualTo("a508c8199c7e3eacfae132c01e3b4711feede351a6e794bf39228730db06f94c");
    }

    @Test
    void whatRecordedSettingsLackIsWhatItWasThen() {
        assertThat(Fingerprint.withAdded(Map.of("norm", "layer", "seed", "2")))
                .containsEntry("norm", "layer")
                .containsEntry("seed", "2")
                .containsEntry("kernels", "onednn");
    }

    @Test
    void placesDoNotMatter() {
        assertThat(of(Map.of("data", "mnist:/a"))).isEqualTo(of(Map.of("data", "mnist:/b")));
        assertThat(of(Map.of("init", "/a/model.safetensors"))).isEqualTo(of(Map.of()));
    }

    @Test
    void isTheHashOfLinesInTheOrderOfNames() {
        Map<String, String> forwards = new HashMap<>(Map.of("batch", "4", "seed", "9"));
        assertThat(of(forwards)).matches("[0-9a-f]{64}").isEqualTo(of(Map.of("seed", "9", "batch", "4")));
    }

    private static String of(Map<String, String> given) {
        return Fingerprint.of(JobParser.parse(given, 4));
    }
}
