package io.syncbn.deploy.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Faults for tests, from their lines. */
final class Faults {
    private Faults() {}

    static Fault of(String line) {
        List<String> problems = new ArrayList<>();
        List<Fault> faults = FaultList.parse("test", line, problems);
        assertThat(problems).isEmpty();
        return faults.get(0);
    }
}
