package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Replica;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What normalization layers have after a step, on its way to listeners. */
class NormTensorsTest {
    private static final ParameterLayout PARAMETERS = new ParameterLayout(List.of(
            new Entry("conv1.weight", List.of(2, 1, 1, 1), 0, Role.WEIGHT),
            new Entry("layer1.0.bn1.weight", List.of(2), 2, Role.NORM_SCALE),
            new Entry("layer1.0.bn1.bias", List.of(2), 4, Role.NORM_SHIFT),
            new Entry("fc.bias", List.of(1), 6, Role.BIAS)));
    private static final ParameterLayout STATISTICS = new ParameterLayout(List.of(
            new Entry("layer1.0.bn1.running_mean", List.of(2), 0, Role.RUNNING_MEAN),
            new Entry("layer1.0.bn1.running_var", List.of(2), 2, Role.RUNNING_VARIANCE)));

    private final float[] weights = {1, 2, 3, 4, 5, 6, 7};
    private final float[] running = {10, 11, 12, 13};
    private final float[] gradient = {0, 0, 8, 16, 24, 32, 0};
    private final Replica replica = new Replica(PARAMETERS, weights, STATISTICS, running);

    /** Of the mean loss over 8 examples. */
    @Test
    void theyAreCopiedBeforeTheNextStepChangesThem() {
        NormTensors tensors = NormTensors.copy(replica, gradient, 8);
        Arrays.fill(weights, -1);
        Arrays.fill(running, -1);
        Arrays.fill(gradient, -1);
        assertThat(tensors.byTag())
                .containsOnlyKeys(
                        "layer1.0.bn1/gamma",
                        "layer1.0.bn1/gamma_gradient",
                        "layer1.0.bn1/beta_gradient",
                        "layer1.0.bn1/running_mean",
                        "layer1.0.bn1/running_variance")
                .containsEntry("layer1.0.bn1/gamma", new float[] {3, 4})
                .containsEntry("layer1.0.bn1/gamma_gradient", new float[] {1, 2})
                .containsEntry("layer1.0.bn1/beta_gradient", new float[] {3, 4})
                .containsEntry("layer1.0.bn1/running_mean", new float[] {10, 11})
                .containsEntry("layer1.0.bn1/running_variance", new float[] {12, 13});
    }

    private final List<Long> heard = new ArrayList<>();
    private final CountDownLatch goesOn = new CountDownLatch(1);

    private AsideListener listener(WritingThread thread) {
        thread.execute(() -> {
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        RunListener noting = new RunListener() {
            @Override
            public void normalization(long step, NormTensors tensors) {
                heard.add(step);
            }
        };
        return new AsideListener("noting", () -> noting, thread, () -> {});
    }

    @Test
    void theyComeEverySoManySteps() {
        WritingThread thread = new WritingThread("noting");
        RunListeners all = new RunListeners(CheckpointKeeper.NONE, List.of(listener(thread)), 5);
        for (long step = 1; step <= 17; step++) {
            all.changed(step, replica, gradient, 8);
        }
        goesOn.countDown();
        thread.close();
        assertThat(heard).containsExactly(5L, 10L, 15L);
    }

    @Test
    void thoseThatWaitForAListenerAreFew() {
        WritingThread thread = new WritingThread("noting");
        try (LogCapture logged = new LogCapture()) {
            RunListeners all = new RunListeners(CheckpointKeeper.NONE, List.of(listener(thread)), 1);
            for (long step = 1; step <= 20; step++) {
                all.changed(step, replica, gradient, 8);
            }
            goesOn.countDown();
            thread.close();
            assertThat(heard).containsExactly(13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
            assertThat(logged.lines())
                    .startsWith("WARNING listener noting is more than 8 histograms behind:"
                            + " it will not hear of the oldest; training goes on");
        }
    }
}
