package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Heartbeat;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.Report;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class SpectatorTest extends CoordinatorRun {

    private static FromWorker heartbeat(long step) {
        return FromWorker.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder()
                        .setStep(step)
                        .setReport(Report.newBuilder().setLastStep(step)))
                .build();
    }

    @Test
    void seesWhatMembersReportUnderTheirNames() {
        begin();
        coordinator.received(controls.get(1), heartbeat(5));
        assertThat(seen).last().isEqualTo("worker-1 reports step 5 in generation 1");
    }

    /** No worker of this release sends one. */
    @Test
    void aReportThatIsTooLargeIsNotShown() {
        begin();
        for (int bytes : new int[] {4000, 5000}) {
            Report report = Report.newBuilder()
                    .setLastStep(bytes)
                    .addAllLayers(Collections.nCopies(bytes / 100, "l".repeat(98)))
                    .build();
            coordinator.received(
                    controls.get(1),
                    FromWorker.newBuilder()
                            .setHeartbeat(Heartbeat.newBuilder().setStep(1).setReport(report))
                            .build());
        }
        assertThat(seen)
                .filteredOn(line -> line.contains("reports"))
                .containsExactly("worker-1 reports step 4000 in generation 1");
    }

    @Test
    void strangersReportNothing() {
        begin();
        FakeStreams.Control stranger = new FakeStreams.Control(999);
        coordinator.opened(stranger);
        coordinator.received(stranger, heartbeat(5));
        assertThat(seen).noneMatch(line -> line.contains("reports"));
    }

    @Test
    void seesDigestsOfThisGenerationAndOfTheEnd() {
        join();
        openAll();
        for (long generation : new long[] {0, generation()}) {
            coordinator.received(
                    controls.get(0),
                    FromWorker.newBuilder()
                            .setReady(Ready.newBuilder()
                                    .setGeneration(generation)
                                    .setStep(generation)
                                    .setStateDigest("aa"))
                            .build());
        }
        coordinator.received(
                controls.get(1),
                FromWorker.newBuilder()
                        .setFinished(Finished.newBuilder()
                                .setGeneration(generation())
                                .setStep(7)
                                .setStateDigest("bb"))
                        .build());
        assertThat(seen)
                .filteredOn(line -> line.contains("has"))
                .containsExactly("worker-0 has aa after step 1", "worker-1 has bb after step 7");
    }

    @Test
    void seesAllThatTheJournalKeeps() {
        begin();
        assertThat(notes).isNotEmpty();
        assertThat(seen)
                .filteredOn(line -> !line.startsWith("worker-"))
                .containsExactlyElementsOf(
                        notes.stream().map(note -> note.topic().toString()).toList());
    }
}
