package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Leave;
import org.junit.jupiter.api.Test;

/** What a coordinator exports over a long life. */
class CoordinatorMetricsTest extends CoordinatorRun {

    @Test
    void workersThatComeAndGoLeaveNoSeriesBehind() {
        begin();
        step(1);
        int few = registry.getMeters().size();
        for (int visit = 0; visit < 500; visit++) {
            replaceSecondWorker("z-visitor-" + visit);
            step(coordinator.membership().committedStep() + 1);
            assertThat(blocking("z-visitor-" + visit)).isNotNull();
            assertThat(registry.getMeters()).hasSizeLessThanOrEqualTo(few);
        }
        assertThat(registry.find("syncbn.coordinator.worker.blocking").gauges()).hasSize(WORKERS);
    }

    /** Another worker waits for a place, and the second one's connection closes. */
    private void replaceSecondWorker(String name) {
        FakeStreams.Control next =
                new FakeStreams.Control(1000 + controls.get(1).connection());
        coordinator.opened(next);
        coordinator.received(
                next,
                FromWorker.newBuilder()
                        .setJoin(Join.newBuilder()
                                .setProtocolVersion(Protocol.VERSION)
                                .setFingerprint("job")
                                .setName(name)
                                .setHost("host")
                                .setProcessId(7)
                                .setStep(coordinator.membership().committedStep()))
                        .build());
        coordinator.closed(controls.set(1, next));
        prepare();
    }

    private Gauge blocking(String worker) {
        return registry.find("syncbn.coordinator.worker.blocking")
                .tag("worker", worker)
                .gauge();
    }

    @Test
    void namesOfFaultsAreBounded() {
        registry.clear();
        CoordinatorMetrics metrics = new CoordinatorMetrics(registry);
        for (int i = 0; i < 1000; i++) {
            metrics.workerFailed(i % 2 == 0, "made.Up" + i);
        }
        metrics.workerFailed(false, "no name of a class");
        assertThat(faults()).isLessThan(60);
        assertThat(registry.get("syncbn.coordinator.worker.faults").counters().stream()
                        .mapToDouble(Counter::count)
                        .sum())
                .isEqualTo(1001);
    }

    private int faults() {
        return registry.get("syncbn.coordinator.worker.faults").counters().size();
    }

    @Test
    void aStepIsAbandonedWithAWorkerThatIsLostInIt() {
        begin();
        step(1);
        assertThat(abandoned()).isZero();
        commitPart(0, 2);
        coordinator.closed(controls.get(1));
        assertThat(abandoned()).isEqualTo(1);
    }

    @Test
    void aPlannedEndAbandonsNoStep() {
        begin();
        coordinator.received(
                controls.get(1),
                FromWorker.newBuilder()
                        .setLeave(Leave.newBuilder().setReason("it was asked to"))
                        .build());
        step(1);
        assertThat(coordinator.membership().generation()).isEqualTo(2);
        assertThat(abandoned()).isZero();
    }

    private double abandoned() {
        return registry.get("syncbn.coordinator.steps.abandoned").counter().count();
    }

    @Test
    void everyMetricSaysWhatItIs() {
        begin();
        step(1);
        coordinator.received(
                controls.get(0),
                FromWorker.newBuilder()
                        .setFailed(Failed.newBuilder().setFault("java.lang.OutOfMemoryError"))
                        .build());
        assertThat(registry.getMeters())
                .filteredOn(meter -> !meter.getId().getName().endsWith(".percentile")) // of a timer that says it
                .hasSizeGreaterThan(20)
                .allSatisfy(meter -> assertThat(meter.getId().getDescription())
                        .as(meter.getId().getName())
                        .isNotBlank());
    }
}
