package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Hyperparameters;
import io.syncbn.proto.job.JobException;
import io.syncbn.proto.job.JobParser;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizersTest {
    private static Optimizer of(String name) {
        return Optimizers.of(
                JobParser.parse(Map.of("optimizer", name), 1).optimization().optimizer());
    }

    @Test
    void findsThemByName() {
        assertThat(of("sgd")).isInstanceOf(Sgd.class);
    }

    @Test
    void namesWhatThereIsInsteadOfOneThatIsNot() {
        assertThatThrownBy(() -> of("sdg"))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("--optimizer is 'sdg'; expected sgd")
                .hasMessageEndingWith("; did you mean sgd?");
        assertThatThrownBy(() -> of("adam"))
                .hasMessageEndingWith("expected sgd, adamw, lars, lamb; did you mean adamw?");
    }

    @Test
    void oneThatReadsASettingThatIsNotItsOwnIsToldWhereToDeclareIt() {
        Hyperparameters without = new Hyperparameters("sgd", Map.of("momentum", "0.9"));
        assertThatThrownBy(() -> new Sgd(without))
                .hasMessage("--nesterov is no setting of --optimizer sgd, which has [momentum];"
                        + " JobSettings says which are whose");
    }
}
