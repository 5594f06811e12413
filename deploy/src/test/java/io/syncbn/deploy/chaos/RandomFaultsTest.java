package io.syncbn.deploy.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RandomFaultsTest {

    @Test
    void aSeedAlwaysDrawsTheSameList() {
        assertThat(RandomFaults.draw(7, 50, 4))
                .isEqualTo(RandomFaults.draw(7, 50, 4))
                .isNotEqualTo(RandomFaults.draw(8, 50, 4));
        assertThat(RandomFaults.draw(7, 50, 4).subList(0, 9))
                .isEqualTo(RandomFaults.draw(7, 20, 4).subList(0, 9));
    }

    @Test
    void aListCanBeWrittenAndReadAgain() {
        List<Fault> faults = RandomFaults.draw(1, 300, 4);
        List<String> problems = new ArrayList<>();
        String text = faults.stream().map(fault -> fault + "\n").collect(Collectors.joining());
        assertThat(FaultList.parse("list", text, problems)).isEqualTo(faults);
        assertThat(problems).isEmpty();
    }

    @Test
    void everyKindAndEveryTargetIsDrawn() {
        List<Fault> faults = RandomFaults.draw(3, 500, 3);
        // Stopping for good needs somebody who continues: a pause is both.
        assertThat(faults.stream().map(Fault::verb).distinct().toList())
                .hasSize(FaultKind.values().length - 2)
                .doesNotContain(FaultKind.STOP, FaultKind.CONTINUE);
        assertThat(faults.stream().map(Fault::target).distinct())
                .containsExactlyInAnyOrder("coordinator", "worker-0", "worker-1", "worker-2");
    }

    @Test
    void theJobHasTimeBetweenFaultsAndWhoLeavesComesBack() {
        Set<String> away = new HashSet<>();
        long overMillis = 0;
        for (Fault fault : RandomFaults.draw(5, 500, 4)) {
            long millis = fault.moment().millis();
            if (fault.verb() == FaultKind.ADD) {
                assertThat(away.remove(fault.target())).isTrue();
            } else {
                assertThat(away).isEmpty();
                assertThat(millis - overMillis).isGreaterThanOrEqualTo(8_000);
            }
            if (fault.verb() == FaultKind.DRAIN) {
                away.add(fault.target());
            }
            overMillis = millis + fault.millis();
        }
        assertThat(away).isEmpty();
    }
}
