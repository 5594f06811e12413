package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StartTimesTest {
    @Test
    void partsAddUpToTheTotal() {
        AtomicLong nanos = new AtomicLong(5_000_000_000L);
        StartTimes times = new StartTimes(4_000_000_000L, nanos::get);
        times.done("process");
        nanos.addAndGet(250_000_000);
        times.done("data");
        nanos.addAndGet(9_000_000_000L);

        assertThat(times.seconds()).containsExactly(entry("process", 1.0), entry("data", 0.25), entry("total", 1.25));
        assertThat(times).hasToString("process 1.00 s, data 0.25 s, total 1.25 s");
    }

    @Test
    void whatComesAfterTheFirstStepIsNoStart() {
        AtomicLong nanos = new AtomicLong();
        StartTimes times = new StartTimes(0, nanos::get);
        nanos.addAndGet(2_000_000_000L);
        times.stepped(null);
        nanos.addAndGet(3_000_000_000L);
        times.stepped(null);
        times.done("join");

        assertThat(times.seconds()).containsExactly(entry("firstStep", 2.0), entry("total", 2.0));
    }
}
