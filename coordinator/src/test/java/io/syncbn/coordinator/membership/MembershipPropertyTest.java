package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Random conversations with fake workers; the invariants are checked after every event. */
class MembershipPropertyTest {
    private static final int CASES = 3000;
    private static final int EVENTS = 150;

    private enum End {
        DONE,
        STOPPED,
        FAILED
    }

    @Test
    void holdsOverRandomConversationsAndAllEnd() {
        Map<End, Integer> ends = new EnumMap<>(End.class);
        long generations = 0;
        long aligned = 0;
        long backups = 0;
        long restores = 0;
        long checkpointsOfStops = 0;
        for (int seed = 0; seed < CASES; seed++) {
            RandomConversation conversation = new RandomConversation(seed);
            for (int i = 0; i < EVENTS; i++) {
                conversation.randomEvent();
            }
            Effect.Last last = conversation.goOnUndisturbed();
            ends.merge(
                    last instanceof Effect.Succeed ? End.DONE : last instanceof Effect.Stop ? End.STOPPED : End.FAILED,
                    1,
                    Integer::sum);
            generations += conversation.generations();
            aligned += conversation.statesTakenOver();
            backups += conversation.backups();
            restores += conversation.restores();
            checkpointsOfStops += conversation.checkpointsOfStops();
        }
        assertThat(ends.get(End.DONE)).as("jobs that went well").isGreaterThan(CASES / 3);
        assertThat(ends.get(End.STOPPED)).as("jobs that were stopped").isGreaterThan(CASES / 50);
        assertThat(ends.get(End.FAILED)).as("jobs that failed").isGreaterThan(CASES / 50);
        assertThat(generations).as("generations").isGreaterThan(3L * CASES);
        assertThat(aligned).as("states that were taken over").isGreaterThan(CASES);
        assertThat(restores).as("times that all was lost").isGreaterThan(CASES / 10);
        assertThat(checkpointsOfStops).as("stops that left a checkpoint").isGreaterThan(CASES / 100);
        assertThat(backups).as("runs that had a backup").isGreaterThan(CASES / 4);
    }
}
