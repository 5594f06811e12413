package io.syncbn.coordinator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Recovered;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which effects wait until the journal is written, and what a restarted coordinator recovers from it. */
class CoordinatorJournalTest extends CoordinatorRun {
    @Test
    void aGenerationWaitsForADiskThatHangsAndNothingElseDoes() {
        diskHangs = true;
        begin();
        assertThat(controls).noneMatch(control -> control.last().hasBegin());
        tickUntil(30_000);
        assertThat(notes).noneMatch(note -> note.topic() == Topic.EVICTED);
        diskWorks();
        assertThat(controls).allMatch(control -> control.last().hasBegin());
    }

    @Test
    void nobodyIsMissedWhoHasNotBeenToldYet() {
        begin();
        diskHangs = true;
        coordinator.closed(controls.get(1));
        open(0, StreamKind.MOMENTS);
        open(0, StreamKind.GRADIENTS);
        ready(0);
        FakeStreams.Control again = new FakeStreams.Control(7);
        coordinator.opened(again);
        join(again, 1);
        nowMillis += 100;
        coordinator.closed(controls.get(0));
        for (int tick = 0; tick < 200; tick++) {
            nowMillis += 100;
            coordinator.tick();
        }
        assertThat(notes).noneMatch(note -> note.topic() == Topic.EVICTED);
        assertThat(coordinator.membership().members()).hasSize(1);
    }

    @Test
    void whatIsDecidedMeanwhileIsDoneAfterwardsAndInOrder() {
        diskHangs = true;
        begin();
        coordinator.closed(controls.get(1));
        assertThat(controls.get(0).last().hasPlan()).isTrue();
        assertThat(controls.get(0).last().getPlan().getGeneration()).isEqualTo(1);
        diskWorks();
        List<ToWorker> sent = controls.get(0).sent;
        assertThat(sent.get(sent.size() - 2).hasBegin()).isTrue();
        assertThat(sent.get(sent.size() - 1).getPlan().getGeneration()).isEqualTo(2);
    }

    @Test
    void aDiskThatHangsForTooLongIsOneThatCannotBeWrittenTo() {
        diskHangs = true;
        begin();
        tickUntil(61_000);
        assertThat(controls).allMatch(control -> control.last().hasBegin());
        diskWorks();
        assertThat(controls).allMatch(control -> control.last().hasBegin());
    }

    @Test
    void aJobThatFailsWaitsForNoDisk() {
        diskHangs = true;
        begin();
        coordinator.fail("enough");
        assertThat(controls).allMatch(control -> control.last().hasAbort());
        assertThat(coordinator.end()).isDone();
    }

    @Test
    void aJobThatWasDoneEndsAgainAndTellsThoseWhoDidNotHear() {
        coordinator = coordinator(
                new Recovered(3, 60, Set.of("worker-0"), 0, 0, Optional.of(new Effect.Succeed(60, "abcd"))));
        join();
        assertThat(controls.get(0).last().getReleased().getReason()).isEqualTo("the job is done after step 60");
        assertThat(coordinator.end()).isNotDone();
        tickUntil(nowMillis + 4000);
        assertThat(coordinator.end()).isCompletedWithValue(new Effect.Succeed(60, "abcd"));
    }

    @Test
    void aGenerationIsWrittenDownBeforeItBegins() {
        begin();
        assertThat(sentWhenWritten).containsExactly(1, 1);
        assertThat(controls).allMatch(control -> control.sent.size() == 2);
        assertThat(notes.get(notes.size() - 1).workers()).hasSize(WORKERS);
    }

    @Test
    void aRestartGoesOnFromWhatWasWrittenDown() {
        begin();
        step(1);
        coordinator = coordinator(Recovered.from(notes));
        assertThat(notes.get(notes.size() - 1).topic()).isEqualTo(Topic.RESTARTED);
        assertThat(Recovered.from(notes))
                .isEqualTo(new Recovered(1, 0, Set.of("worker-0", "worker-1"), 1, 0, Optional.empty()));
        controls.clear();
        data.clear();
        had = 1;
        begin();
        assertThat(controls.get(0).last().getBegin().getGeneration()).isEqualTo(2);
    }
}
