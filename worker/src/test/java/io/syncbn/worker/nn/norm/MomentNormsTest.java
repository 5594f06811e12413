package io.syncbn.worker.nn.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model registers for a normalization by moments, and what cannot be. */
class MomentNormsTest {

    @Test
    void itsParametersHaveTheNamesOfPyTorch() {
        ModelDefinition model = define("group:2", new Shape(4, 4, 6));
        assertThat(model.parameters().entries())
                .extracting(Entry::name)
                .startsWith("bn1.weight", "bn1.bias", "bn2.weight");
        assertThat(model.statistics().entries()).as("of bn2").hasSize(2);
        assertThat(model.description().layers()).contains("groupNorm bn1: 6 channels in 2 groups, epsilon 1.0E-5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "group:4 | bn1: 6 channels cannot be divided into 4 groups",
                "group:7 | bn1: 6 channels cannot be divided into 7 groups",
                "group:0 | --norm is 'group:0': the number of groups must be a whole number from 1",
                "group:two | --norm is 'group:two': the number of groups must be a whole number from 1",
                "group | --norm is 'group'; expected group:G",
                "batch-group:2:4 | bn1: 6 channels cannot be divided into 4 groups",
                "batch-group:two:3 | --norm is 'batch-group:two:3': the number of examples must be a whole number",
                "batch-group:2 | --norm is 'batch-group:2'; expected batch-group:K:G",
                "renorm:3 | --norm is 'renorm:3'; expected renorm[:RMAX:DMAX]",
                "renorm:0.5:1 | --norm is 'renorm:0.5:1': RMAX must be a number from 1",
                "renorm:2:-1 | --norm is 'renorm:2:-1': DMAX must be a number from 0",
            })
    void whatCannotBeIsNamed(String norm, String message) {
        assertThatThrownBy(() -> define(norm, new Shape(4, 4, 6)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }

    @Test
    void groupsOfOneNumberAreRefused() {
        for (String norm : List.of("group:6", "instance", "batch-group:1:6")) {
            assertThatThrownBy(() -> define(norm, Shape.flat(6)))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("bn1: each of 6 groups has one number");
        }
    }

    private static ModelDefinition define(String norm, Shape shape) {
        Architecture model =
                net -> net.norm("bn1").batchNorm("bn2").globalAveragePool().dense("fc", net.classes());
        return ModelDefinition.of(
                model,
                shape,
                3,
                Normalizers.of(JobParser.parse(Map.of("norm", norm), 1).model().normalization()),
                0);
    }
}
