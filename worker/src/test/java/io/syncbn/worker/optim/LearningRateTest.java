package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.Optimization.Rate;
import io.syncbn.proto.job.Optimization.Scaling;
import io.syncbn.proto.job.Schedule;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRateTest {
    private static final Schedule CONSTANT = new Schedule.Constant();
    private static final Schedule COSINE = new Schedule.Cosine();
    private static final Schedule STEP = new Schedule.Step(List.of(0.5, 0.75), 0.1);

    private static Rate job(Schedule schedule, double warmupEpochs, Scaling scaling) {
        return new Rate(0.4, scaling, 256, schedule, warmupEpochs);
    }

    /** The rate in a job of 40 steps, 10 to an epoch. */
    private static double rate(Schedule schedule, double warmupEpochs, long step) {
        return LearningRate.at(job(schedule, warmupEpochs, Scaling.NONE), step, 10, 40, 256);
    }

    @ParameterizedTest
    @CsvSource({
        // step, constant, cosine, step; then the same after a warm-up of one epoch
        "1,  0.4, 0.4,                   0.4,   0.04, 0.04,                 0.04",
        "2,  0.4, 0.39938346674662564,   0.4,   0.08, 0.08,                 0.08",
        "10, 0.4, 0.35208119312000624,   0.4,   0.4,  0.4,                  0.4",
        "11, 0.4, 0.3414213562373095 ,   0.4,   0.4,  0.4,                  0.4",
        "20, 0.4, 0.21569181914556903,   0.4,   0.4,  0.31755705045849464,  0.4",
        "21, 0.4, 0.2,                   0.04,  0.4,  0.3,                  0.04",
        "30, 0.4, 0.0701103903339633  ,  0.04,  0.4,  0.11865267138484   ,  0.04",
        "31, 0.4, 0.05857864376269051 ,  0.004, 0.4,  0.1,                  0.004",
        "40, 0.4, 0.0006165332533744072, 0.004, 0.4,  0.00109562092634532,  0.004",
    })
    void followsTheSchedule(
            long step, double constant, double cosine, double steps, double warm, double warmCosine, double warmSteps) {
        assertThat(rate(CONSTANT, 0, step)).isCloseTo(constant, within(1e-15));
        assertThat(rate(COSINE, 0, step)).isCloseTo(cosine, within(1e-15));
        assertThat(rate(STEP, 0, step)).isCloseTo(steps, within(1e-15));
        assertThat(rate(CONSTANT, 1, step)).isCloseTo(warm, within(1e-15));
        assertThat(rate(COSINE, 1, step)).isCloseTo(warmCosine, within(1e-15));
        assertThat(rate(STEP, 1, step)).isCloseTo(warmSteps, within(1e-15));
    }

    @Test
    void scalesWithTheGlobalBatch() {
        assertThat(LearningRate.at(job(CONSTANT, 0, Scaling.LINEAR), 3, 10, 40, 8))
                .isEqualTo(0.4 * 8 / 256);
        assertThat(LearningRate.at(job(CONSTANT, 0, Scaling.LINEAR), 3, 10, 40, 1024))
                .isEqualTo(1.6);
        assertThat(LearningRate.at(job(CONSTANT, 0, Scaling.SQRT), 3, 10, 40, 1024))
                .isEqualTo(0.8);
        assertThat(LearningRate.at(job(CONSTANT, 0, Scaling.SQRT), 3, 10, 40, 64))
                .isEqualTo(0.2);
        assertThat(LearningRate.at(job(CONSTANT, 0, Scaling.NONE), 3, 10, 40, 1024))
                .isEqualTo(0.4);
        for (Scaling scaling : Scaling.values()) {
            Rate ofBatch100 = new Rate(0.4, scaling, 100, CONSTANT, 0);
            assertThat(LearningRate.at(ofBatch100, 3, 10, 40, 100)).isEqualTo(0.4);
        }
        assertThat(LearningRate.at(new Rate(0.4, Scaling.LINEAR, 100, CONSTANT, 0), 3, 10, 40, 300))
                .isCloseTo(1.2, within(1e-15));
        assertThat(LearningRate.at(new Rate(0.4, Scaling.SQRT, 100, CONSTANT, 1), 5, 10, 40, 900))
                .as("half of the warm-up")
                .isCloseTo(0.6, within(1e-15));
    }

    @Test
    void warmsUpForAFractionOfAnEpoch() {
        assertThat(rate(CONSTANT, 0.5, 1)).isCloseTo(0.08, within(1e-15));
        assertThat(rate(CONSTANT, 0.5, 5)).isEqualTo(0.4);
        assertThat(rate(CONSTANT, 0.01, 1)).isEqualTo(0.4);
    }

    @Test
    void keepsWarmingUpInAJobShorterThanItsWarmUp() {
        assertThat(rate(COSINE, 8, 40)).isEqualTo(0.2);
        assertThat(rate(COSINE, 4, 40)).isEqualTo(0.4);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 41})
    void refusesStepsOutsideTheJob(long step) {
        assertThatThrownBy(() -> rate(CONSTANT, 0, step))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("step must be from 1 to 40, not " + step);
    }

    @Test
    void risesThroughWarmUpAndNeverAfter() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Schedule schedule = List.of(CONSTANT, COSINE, STEP).get(random.nextInt(3));
            long stepsPerEpoch = 1 + random.nextInt(20);
            long totalSteps = 1 + random.nextInt(100);
            double warmupEpochs = random.nextInt(3) * random.nextDouble();
            Rate job = job(schedule, warmupEpochs, Scaling.values()[random.nextInt(3)]);
            long warmupSteps = Math.round(warmupEpochs * stepsPerEpoch);
            double previous = 0;
            for (long step = 1; step <= totalSteps; step++) {
                double rate = LearningRate.at(job, step, stepsPerEpoch, totalSteps, 64);
                assertThat(rate)
                        .as("seed %d, step %d of %s", seed, step, job)
                        .isPositive()
                        .isFinite();
                if (step <= warmupSteps) {
                    assertThat(rate)
                            .as("seed %d, step %d of %s", seed, step, job)
                            .isGreaterThan(previous);
                } else if (step > 1) {
                    assertThat(rate)
                            .as("seed %d, step %d of %s", seed, step, job)
                            .isLessThanOrEqualTo(previous);
                }
                previous = rate;
            }
        }
    }
}
