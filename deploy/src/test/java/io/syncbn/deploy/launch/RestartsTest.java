package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartsTest {
    private final Restarts restarts =
            new Restarts(3, new Restarts.Backoff(Duration.ofMillis(200), Duration.ofMillis(500)));

    @Test
    void allTogetherAreLimited() {
        restarts.ofWorker("worker-0");
        restarts.ofCoordinator();
        assertThat(restarts.isLeft()).isTrue();
        assertThat(restarts.inWords()).isEqualTo("restart 2 of 3");
        restarts.ofWorker("worker-1");
        assertThat(restarts.isLeft()).isFalse();
    }

    @Test
    void thePauseOfEachWorkerGrowsUpToALimit() {
        assertThat(restarts.ofWorker("worker-0")).hasMillis(200);
        assertThat(restarts.ofWorker("worker-0")).hasMillis(400);
        assertThat(restarts.ofWorker("worker-1")).hasMillis(200);
        for (int i = 0; i < 100; i++) {
            assertThat(restarts.ofWorker("worker-0")).hasMillis(500);
        }
    }

    @Test
    void noneMayBeLeftFromTheStart() {
        assertThat(new Restarts(0, new Restarts.Backoff(Duration.ofMillis(1), Duration.ofMillis(1))).isLeft())
                .isFalse();
    }
}
