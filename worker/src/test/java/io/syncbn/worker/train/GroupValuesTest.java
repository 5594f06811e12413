package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobException;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.models.Models;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs whose normalization groups have a single number a channel: never, now and then, always. */
class GroupValuesTest {
    private static Optional<String> check(String model, int rows, int shards, int batch, String group) {
        Job job = JobParser.parse(
                Map.of(
                        "model",
                        model,
                        "shards",
                        Integer.toString(shards),
                        "batch",
                        Integer.toString(batch),
                        "norm-group",
                        group),
                1);
        ModelDefinition definition = ModelDefinition.of(
                Models.named(model),
                new Shape(32, 32, 3),
                10,
                Normalizers.of(job.model().normalization()),
                0);
        return GroupValues.check(job, BatchPlan.of(job, rows), definition);
    }

    @ParameterizedTest
    @CsvSource({"600, 2, 1, 1", "5, 5, 4, 1", "1, 1, 8, all"})
    void nothingCanBeLearnedWhereThereIsNeverMore(int rows, int shards, int batch, String group) {
        assertThatThrownBy(() -> check("mlp", rows, shards, batch, group))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("every normalization group has one value a channel in ");
    }

    @ParameterizedTest
    @CsvSource({"9, 2, 2, 1, 3", "9, 1, 4, all, 3", "7, 4, 1, 2, 2"})
    void aGroupOfOneNowAndThenIsWorthAWarning(int rows, int shards, int batch, String group, int step) {
        assertThat(check("mlp", rows, shards, batch, group).orElseThrow())
                .startsWith("some normalization groups have one value a channel in ")
                .contains(" in step " + step + " of an epoch");
    }

    @ParameterizedTest
    @CsvSource({"600, 2, 1, all", "600, 2, 2, 1", "8, 4, 2, 2", "5, 4, 2, 2"})
    void moreThanOneIsNothingToTalkAbout(int rows, int shards, int batch, String group) {
        assertThat(check("mlp", rows, shards, batch, group)).isEmpty();
    }

    @Test
    void pixelsCountToo() {
        assertThat(check("resnet20", 600, 2, 1, "1")).isEmpty();
    }
}
