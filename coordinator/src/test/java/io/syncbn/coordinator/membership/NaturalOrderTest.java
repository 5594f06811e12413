package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
    private final NaturalOrder order = new NaturalOrder();

    @Test
    void numbersCountAsNumbers() {
        List<String> expected = List.of(
                "10-nodes",
                "node",
                "node-1",
                "node-1-gpu-2",
                "node-1-gpu-10",
                "node-02",
                "node-2",
                "node-10",
                "node-99999999999999999999",
                "node-b",
                "worker-0");
        for (int seed = 0; seed < 100; seed++) {
            List<String> shuffled = new ArrayList<>(expected);
            Collections.shuffle(shuffled, new Random(seed));
            shuffled.sort(order);
            assertThat(shuffled).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void isTotal() {
        List<String> names = List.of("a1", "a01", "a001", "a", "1", "01", "1a", "", "a1b", "a01b", "b");
        for (String left : names) {
            for (String right : names) {
                assertThat(Integer.signum(order.compare(left, right)))
                        .as("%s, %s", left, right)
                        .isEqualTo(-Integer.signum(order.compare(right, left)));
                assertThat(order.compare(left, right) == 0).isEqualTo(left.equals(right));
                for (String third : names) {
                    if (order.compare(left, right) < 0 && order.compare(right, third) < 0) {
                        assertThat(order.compare(left, third))
                                .as("%s, %s, %s", left, right, third)
                                .isNegative();
                    }
                }
            }
        }
    }
}
