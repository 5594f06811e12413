package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.net.Address;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What Prometheus reads about learning. */
class WorkerMetricsTest {
    private static StepRecord step(long number, double loss, GradientNoise noise) {
        StepSplit split = new StepSplit(7, 1, 2, 1, 1, 1, 1);
        return new StepRecord(number, 0.1, loss, 0.5, 0.1, 8, Double.isNaN(loss), false, noise, split);
    }

    @Test
    void theGradientsNoiseIsThatOfTheStepsThatTellIt() throws Exception {
        try (WorkerMetrics metrics = WorkerMetrics.serve("w", Optional.of(new Address("127.0.0.1", 0)))) {
            String none = page(metrics);
            assertThat(none).contains("syncbn_gradient_noise_scale{worker=\"w\"} NaN", "syncbn_loss{worker=\"w\"} NaN");
            metrics.stepped(step(1, 1.5, new GradientNoise(4, 100)));
            metrics.stepped(step(2, Double.NaN, null));
            metrics.stepped(step(3, 2.5, null));
            assertThat(page(metrics))
                    .contains(
                            "syncbn_gradient_square{worker=\"w\"} 4.0",
                            "syncbn_gradient_variance{worker=\"w\"} 100.0",
                            "syncbn_gradient_noise_scale{worker=\"w\"} 25.0",
                            "syncbn_loss{worker=\"w\"} 2.5");
        }
    }

    @Test
    void learningIsShownAsItIsInTheRunsOwnLines() throws Exception {
        try (WorkerMetrics metrics = WorkerMetrics.serve("w", Optional.of(new Address("127.0.0.1", 0)))) {
            assertThat(page(metrics)).contains("syncbn_test_accuracy{worker=\"w\"} NaN");
            metrics.stepped(step(1, 1.5, null));
            metrics.evaluated(1, 0.5, new Evaluation(20, 2.25, 0.75));
            metrics.stepped(step(2, Double.NaN, null)); // left out: what was before stays
            assertThat(page(metrics))
                    .contains(
                            "syncbn_loss{worker=\"w\"} 1.5",
                            "syncbn_accuracy{worker=\"w\"} 0.5",
                            "syncbn_learning_rate{worker=\"w\"} 0.1",
                            "syncbn_test_loss{worker=\"w\"} 2.25",
                            "syncbn_test_accuracy{worker=\"w\"} 0.75",
                            "syncbn_steps_skipped_total{worker=\"w\"} 1.0");
        }
    }

    private static String page(WorkerMetrics metrics) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(metrics.url().orElseThrow()))
                .timeout(Duration.ofMinutes(1))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
