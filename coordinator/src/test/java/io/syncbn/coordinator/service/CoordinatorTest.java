package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.v1.Failed;
import io.syncbn.proto.v1.FromWorker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the coordinator reacts to what arrives on its streams. */
class CoordinatorTest extends CoordinatorRun {
    @Test
    void aWorkerCountsAsReadyWhenItsDataStreamsAreThere() {
        join();
        ready(0);
        ready(1);
        open(0, StreamKind.MOMENTS);
        open(0, StreamKind.GRADIENTS);
        open(1, StreamKind.GRADIENTS);
        assertThat(controls).noneMatch(control -> control.last().hasBegin());
        open(1, StreamKind.MOMENTS);
        assertThat(controls).allMatch(control -> control.last().hasBegin());
    }

    @Test
    void aWorkerThatStopsIsSentAwayAfterTwoUsualStepsAndABit() {
        begin();
        for (long step = 1; step <= 5; step++) {
            nowMillis += 100;
            step(step);
        }
        commitPart(0, 6);
        tickUntil(nowMillis + 2_000);
        assertThat(controls.get(1).hasEnded).isFalse();
        tickUntil(nowMillis + 100);
        assertThat(controls.get(1).hasEnded).isTrue();
        assertThat(controls.get(1).last().getEvicted().getReason())
                .isEqualTo(
                        "worker-1 (shard 1, host host, process 7) was sent away: GRADIENTS 0 of step 6 has waited for"
                                + " it for 2100 ms, longer than 2000 ms");
        assertThat(controls.get(0).last().getPlan().getGeneration()).isEqualTo(2);
        assertThat(controls.get(0).last().getPlan().getCommittedStep()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 60_000})
    void theTimeInWhichTheCoordinatorStoodStillIsNobodysFault(int millis) {
        begin();
        for (long step = 1; step <= 5; step++) {
            nowMillis += 100;
            step(step);
        }
        commitPart(0, 6);
        tickUntil(nowMillis + 100);
        nowMillis += 100 + millis;
        coordinator.tick();
        tickUntil(nowMillis + 2_000);
        assertThat(controls.get(1).hasEnded).isFalse();
        commitPart(1, 6);
        assertThat(coordinator.membership().committedStep()).isEqualTo(6);
    }

    @Test
    void aSlowWorkerIsNamed() {
        begin();
        for (long step = 1; step <= 2; step++) {
            commitPart(0, step);
            nowMillis += 100;
            commitPart(1, step);
        }
        assertThat(notes.get(notes.size() - 1).topic()).isEqualTo(Topic.SLOW);
        assertThat(notes.get(notes.size() - 1).text())
                .isEqualTo("worker-1 (shard 1) is slow: the others waited for it alone for 100 ms of a step of 100 ms");
        assertThat(registry.get("syncbn.coordinator.worker.blocking")
                        .tag("worker", "worker-1")
                        .gauge()
                        .value())
                .isEqualTo(0.1);
    }

    @Test
    void aSlowWorkerHasABackupUntilItKeepsUp() {
        beginWithBackup();
        assertThat(notes.stream().filter(note -> note.topic() == Topic.RERUN).map(Effect.Note::text))
                .containsExactly("worker-1 (shard 1) is slow: worker-0 computes its shards as well");
        assertThat(registry.get("syncbn.coordinator.backups").gauge().value()).isEqualTo(1);
        long before = coordinator.membership().committedStep();
        commitPart(0, before + 1);
        commitPart(0, 1, before + 1);
        assertThat(coordinator.membership().committedStep()).isEqualTo(before + 1);
        assertThat(data.get(StreamKind.MOMENTS).get(1).sent).hasSize(1);
        assertThat(registry.get("syncbn.coordinator.frames.from.backups")
                        .counter()
                        .count())
                .isEqualTo(2);
        for (long step = before + 2; step <= before + 22; step++) {
            assertThat(generation()).isEqualTo(2);
            step(step);
        }
        assertThat(generation()).isEqualTo(3);
        assertThat(notes.get(notes.size() - 2).text()).isEqualTo("worker-1 keeps up again");
        assertThat(controls.get(0).last().getPlan().getBackupShardCount()).isZero();
        assertThat(registry.get("syncbn.coordinator.backups").gauge().value()).isZero();
    }

    @Test
    void aWorkerForWhichNobodyWaitsIsSentAwayIfItTakesNothing() {
        beginWithBackup();
        long step = coordinator.membership().committedStep();
        for (int i = 0; i < 5; i++) {
            step(++step);
        }
        FakeStreams.Data full = data.get(StreamKind.GRADIENTS).get(1);
        full.isFull = true;
        data.get(StreamKind.GRADIENTS).get(0).isFull = true; // it has no backup, so the others wait for it as it is
        tickUntil(nowMillis + 4_000);
        full.isFull = false;
        step(++step);
        full.isFull = true;
        tickUntil(nowMillis + 5_100);
        assertThat(controls).noneMatch(control -> control.hasEnded);
        tickUntil(nowMillis + 100);
        assertThat(controls.get(0).hasEnded).isFalse();
        assertThat(controls.get(1).last().getEvicted().getReason())
                .isEqualTo(
                        "worker-1 (shard 1, host host, process 7) was sent away: it has not taken what was sent to it"
                                + " for 5000 ms");
        assertThat(controls.get(0).last().getPlan().getWorkers()).isEqualTo(1);
    }

    @Test
    void whatComesOnAStreamOfAnEarlierGenerationDoesNothing() {
        begin();
        FakeStreams.Data old = data.get(StreamKind.MOMENTS).get(0);
        coordinator.broken(data.get(StreamKind.GRADIENTS).get(1));
        assertThat(old.status.getDescription()).isEqualTo("generation 1 has ended");
        prepare();
        int asked = old.asked;
        coordinator.received(old, part(SumKind.GRADIENTS, 9, 9, 0));
        coordinator.damaged(old, Status.DATA_LOSS.withDescription("damaged"));
        coordinator.broken(old);
        coordinator.ended(old);
        assertThat(old.asked).isEqualTo(asked);
        assertThat(controls).allMatch(control -> control.last().hasBegin() && !control.hasEnded);
        step(1);
        assertThat(coordinator.membership().committedStep()).isEqualTo(1);
    }

    @Test
    void aFrameBeforeTheGenerationBeginsCostsItsSenderItsPlaceUnlessItIsOld() {
        join();
        open(0, StreamKind.MOMENTS);
        FakeStreams.Data moments = data.get(StreamKind.MOMENTS).get(0);
        coordinator.received(moments, part(SumKind.COMMIT, 0, 1, 0));
        assertThat(controls.get(0).hasEnded).isFalse();
        coordinator.received(moments, part(SumKind.COMMIT, 1, 1, 0));
        assertThat(controls.get(0).last().getAbort().getReason())
                .isEqualTo("worker-0 (shard 0, host host, process 7) was sent away: "
                        + "step 1, COMMIT 0 (generation 1): came before the generation began");
    }

    @Test
    void whatComesOnAStreamThatHasEndedSaysNothing() {
        begin();
        FakeStreams.Control lost = controls.get(1);
        coordinator.closed(lost);
        join(lost, 1);
        assertThat(coordinator.membership().members()).hasSize(1);
    }

    @Test
    void aMistakeOfTheCoordinatorsEndsTheJobInWords() {
        join();
        coordinator.run(() -> {
            throw new IllegalStateException("oh");
        });
        assertThat(coordinator.end().join())
                .isEqualTo(new Effect.Fail("a mistake in the coordinator: java.lang.IllegalStateException: oh"));
        assertThat(controls).allMatch(control -> control.last().hasAbort() && control.hasEnded);
    }

    /** As when there is no memory left even for the words. */
    @Test
    void aMistakeThatCannotBeToldEndsTheJobTooInsteadOfLettingItStandStill() {
        join();
        controls.get(0).breaks = true;
        coordinator.run(() -> {
            throw new StackOverflowError("oh");
        });
        assertThat(coordinator.end().join())
                .isEqualTo(new Effect.Fail("a mistake in the coordinator: java.lang.StackOverflowError: oh"));
    }

    @Test
    void aWorkersFaultIsCountedAndAStrangersIsNot() {
        begin();
        coordinator.received(
                controls.get(1),
                FromWorker.newBuilder()
                        .setFailed(Failed.newBuilder()
                                .setCause(Failed.Cause.WORKER)
                                .setFault("java.lang.OutOfMemoryError")
                                .setReason("java.lang.OutOfMemoryError: Java heap space"))
                        .build());
        FakeStreams.Control stranger = new FakeStreams.Control(99);
        coordinator.opened(stranger);
        coordinator.received(
                stranger,
                FromWorker.newBuilder()
                        .setFailed(Failed.newBuilder().setFault("Made.Up"))
                        .build());
        assertThat(registry.get("syncbn.coordinator.worker.faults").counters())
                .filteredOn(counter -> counter.count() > 0)
                .hasSize(1);
        assertThat(registry.get("syncbn.coordinator.worker.faults")
                        .tags("cause", "worker", "fault", "java.lang.OutOfMemoryError")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(coordinator.end()).isNotDone();
    }

    @Test
    void whatAWorkerWasWaitedForIsForgottenWithIt() {
        begin();
        step(1);
        assertThat(registry.find("syncbn.coordinator.worker.blocking").gauges()).hasSize(2);
        coordinator.closed(controls.get(1));
        assertThat(registry.find("syncbn.coordinator.worker.blocking").gauges())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getId().getTag("worker")).isEqualTo("worker-0"));
    }
}
