package io.syncbn.worker.checkpoint;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.nn.Description;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.optim.SlotNames;
import io.syncbn.worker.optim.Slots;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** States of a very small model: a convolution, a normalization, a dense layer. */
final class States {
    static final ParameterLayout PARAMETERS = new ParameterLayout(List.of(
            new Entry("conv1.weight", List.of(2, 1, 1, 1), 0, Role.WEIGHT),
            new Entry("bn1.weight", List.of(2), 2, Role.NORM_SCALE),
            new Entry("bn1.bias", List.of(2), 4, Role.NORM_SHIFT),
            new Entry("fc.weight", List.of(3, 2), 6, Role.WEIGHT),
            new Entry("fc.bias", List.of(3), 12, Role.BIAS)));

    static final ParameterLayout STATISTICS = new ParameterLayout(List.of(
            new Entry("bn1.running_mean", List.of(2), 0, Role.RUNNING_MEAN),
            new Entry("bn1.running_var", List.of(2), 2, Role.RUNNING_VARIANCE)));

    static final ParameterLayout NO_STATISTICS = new ParameterLayout(List.of());

    static final SlotNames SLOTS = new SlotNames(List.of("momentum_buffer"), List.of());

    static final Job JOB = JobParser.parse(Map.of("seed", "42"), 2);

    static final Origin ORIGIN = new Origin(
            JOB,
            "data",
            new Description("1x1x1", List.of("conv2d conv1", "dense fc")),
            "bits",
            Map.of("jdk", "17"),
            new DataDescription(List.of("cat", "dog", "42"), 255, List.of(), List.of()));

    private States() {}

    static ModelState at(long step) {
        Random random = new Random(step);
        Replica replica = new Replica(PARAMETERS, noise(random, 15), STATISTICS, noise(random, 4));
        // No variance is negative.
        replica.runningStatistics()[2] += 1;
        replica.runningStatistics()[3] += 1;
        return new ModelState(replica, step, slots(noise(random, 15)), step);
    }

    /** SGD's. */
    static Slots slots(float... momentum) {
        Slots slots = Slots.zeros(SLOTS, momentum.length);
        System.arraycopy(momentum, 0, slots.array("momentum_buffer"), 0, momentum.length);
        return slots;
    }

    private static float[] noise(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
