package io.syncbn.deploy.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FaultOutcomeTest {

    @Test
    void trainingHasGoneOnWithTheFirstCommitAfterTheFaultWasNoticed() {
        FaultOutcome episode = fired("kill worker-2", 1_000, 40);
        episode.committed(40, 1_010);
        assertThat(episode.outageMillis()).isEmpty();
        // On its way already when the worker died.
        episode.committed(41, 1_020);
        episode.happened("lost", "worker-1", 1_030);
        assertThat(episode.noticedMillis()).isEmpty();
        episode.happened("lost", "worker-2", 1_040);
        episode.happened("evicted", "worker-2", 1_050);
        episode.committed(41, 1_060);
        assertThat(episode.outageMillis()).isEmpty();
        episode.committed(42, 2_500);
        episode.committed(43, 2_600);

        assertThat(episode.noticedMillis()).hasValue(1_040);
        assertThat(episode.noticedBy()).isEqualTo("lost");
        assertThat(episode.wentOnStep()).isEqualTo(42);
        assertThat(episode.outageMillis()).hasValue(1_500);
    }

    @Test
    void whatNobodyNoticesHasAnOutageToo() {
        FaultOutcome episode = fired("delay worker-2 by 20 ms for 1 s", 1_000, 40);
        episode.committed(41, 1_200);
        assertThat(episode.noticedMillis()).isEmpty();
        assertThat(episode.outageMillis()).hasValue(200);
    }

    @Test
    void eventsFarLaterOrAfterAnotherFaultAreNotBecauseOfIt() {
        FaultOutcome late = fired("pause worker-2 for 2 s", 1_000, 40);
        late.happened("lost", "worker-2", 18_001);
        assertThat(late.noticedMillis()).isEmpty();

        FaultOutcome superseded = fired("pause worker-2 for 2 s", 1_000, 40);
        superseded.superseded();
        superseded.happened("lost", "worker-2", 1_500);
        assertThat(superseded.noticedMillis()).isEmpty();
    }

    @Test
    void everyKindIsNoticedByWhatItBringsAbout() {
        assertThat(noticedBy("kill coordinator", "restarted", "")).isTrue();
        assertThat(noticedBy("kill coordinator", "lost", "worker-0")).isFalse();
        assertThat(noticedBy("kill all", "restored", "")).isTrue();
        assertThat(noticedBy("kill all", "restarted", "")).isFalse();
        assertThat(noticedBy("drain worker-1", "left", "worker-1")).isTrue();
        assertThat(noticedBy("drain worker-1", "slow", "worker-1")).isFalse();
        assertThat(noticedBy("add worker-4", "waiting", "worker-4")).isTrue();
        assertThat(noticedBy("add worker-4", "waiting", "worker-1")).isFalse();
        assertThat(noticedBy("throttle worker-1 to 9 KB/s for 3 s", "slow", "worker-1"))
                .isTrue();
        assertThat(noticedBy("kill worker-1", "slow", "worker-1")).isFalse();
        assertThat(noticedBy("corrupt worker-1 up", "damaged", "worker-1")).isTrue();
        assertThat(noticedBy("continue worker-1", "waiting", "worker-1")).isTrue();
    }

    /** All processes have to be started again first. */
    @Test
    void thatAJobGoesBackIsBecauseOfTheFaultThatTookAllHoweverLate() {
        FaultOutcome all = fired("kill all", 1_000, 40);
        all.happened("restored", "", 100_000);
        assertThat(all.noticedMillis()).hasValue(100_000);
    }

    private static boolean noticedBy(String words, String event, String worker) {
        FaultOutcome episode = fired(words, 0, 0);
        episode.happened(event, worker, 10);
        return episode.noticedMillis().isPresent();
    }

    private static FaultOutcome fired(String words, long nowMillis, long step) {
        FaultOutcome episode = new FaultOutcome(Faults.of("at step 40: " + words));
        assertThat(episode.isDone()).isFalse();
        episode.fired(nowMillis, step);
        assertThat(episode.isDone()).isTrue();
        return episode;
    }
}
