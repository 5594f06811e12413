package io.syncbn.coordinator;

import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.coordinator.membership.WorkerRange;
import java.time.Duration;

/** Rules for tests: a user's defaults, except for what a test sets. */
public final class TestRules {
    public static final MembershipTimeouts PATIENCE = MembershipTimeouts.of(
            Duration.ofSeconds(120), Duration.ofSeconds(5), Duration.ofMillis(1800), Duration.ofSeconds(600));

    /** No bound on memory. */
    public static final Limits LIMITS = new Limits(Duration.ofSeconds(60), Long.MAX_VALUE, 100);

    private TestRules() {}

    /** The patience of {@link #PATIENCE}, but for that. */
    public static MembershipTimeouts patience(Duration join) {
        return MembershipTimeouts.of(join, PATIENCE.silence(), PATIENCE.deadlineSlack(), PATIENCE.prepare());
    }

    /** The patience of {@link #PATIENCE}, but for these. */
    static MembershipTimeouts patience(int heartbeatMillis, int silenceMillis, int settleMillis) {
        return new MembershipTimeouts(
                PATIENCE.join(),
                Duration.ofMillis(heartbeatMillis),
                Duration.ofMillis(silenceMillis),
                Duration.ofMillis(settleMillis),
                PATIENCE.deadlineSlack(),
                PATIENCE.prepare());
    }

    static Rules of(String job, int shards, int least, int most, MembershipTimeouts patience) {
        return new Rules(job, shards, new WorkerRange(least, most), patience, Straggler.WAIT, LIMITS);
    }
}
