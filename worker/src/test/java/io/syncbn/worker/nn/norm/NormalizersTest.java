package io.syncbn.worker.nn.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.JobSettings;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The registry that {@code --norm} asks. */
class NormalizersTest {
    private static final Architecture MODEL =
            net -> net.norm("free").batchNorm("forced").globalAveragePool().dense("fc", net.classes());

    @Test
    void theDefaultIsBatchNormalization() {
        assertThat(description("batch"))
                .contains("batchNorm free: 3 channels, epsilon 1.0E-5", "batchNorm forced: 3 channels, epsilon 1.0E-5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bath | there is no normalization \"bath\" (there are: batch | did you mean batch?",
                "later:3 | there is no normalization \"later:3\" (there are: batch | did you mean layer?",
                "layer:3 | --norm is 'layer:3' | expected layer",
                "batch:2 | --norm is 'batch:2' | expected batch",
            })
    void whatThereIsNotIsNamed(String given, String first, String second) {
        assertThatThrownBy(() -> description(given))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(first)
                .hasMessageContaining(second);
    }

    @Test
    void theHelpNamesEachOfThem() {
        assertThat(JobSettings.ALL)
                .filteredOn(setting -> setting.name().equals("norm"))
                .singleElement()
                .satisfies(setting -> assertThat(setting.help()).contains(Normalizers.usages()));
    }

    private static Iterable<String> description(String norm) {
        Normalization job = JobParser.parse(Map.of("norm", norm), 1).model().normalization();
        return ModelDefinition.of(MODEL, new Shape(4, 4, 3), 2, Normalizers.of(job), 0)
                .description()
                .layers();
    }
}
